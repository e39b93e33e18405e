import SandboxIO

/// How a program can be held to the proxy on this machine.
enum ProxyWays {
  static var areThere: Bool {
    get async { await Isolation.establish(.bestEffort, .detect(), in: "/tmp").canHoldToProxy }
  }

  /// By a network of its own, and by Landlock in the machine's, as far as each is there.
  static let without = KernelFeatures.detect().canHoldToPort ? ["", "landlock", "namespaces"] : [""]
}
