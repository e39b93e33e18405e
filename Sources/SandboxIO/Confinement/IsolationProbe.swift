internal import Glibc
import SandboxCore

/// Finds out what confinement really holds back, by trying: a child of the guard's executable is confined like a tool and
/// attacks what is around it.
package enum IsolationProbe {
  /// The attacks (`sandbox-entry/Guard/probe.c`).
  package enum Attack: String, Sendable, Hashable, CaseIterable {
    case read, write, chmod, tcp, udp, unix, netlink
    case signalRuntime = "signal_runtime"
    case signalInit = "signal_init"
    case environ, ptrace
    case ioUring = "io_uring"
    case capabilities
    case newPrivileges = "new_privileges"
    case userNamespace = "user_namespace"
  }

  private static let timeout = Duration.seconds(5)

  /// The attacks that were held back.
  ///
  /// - Parameters:
  ///   - confinement: layers and Landlock's version; files and limits come from here.
  ///   - folder: where the probe gets a folder of its own, which is removed afterwards.
  /// - Throws: what ``ProcessRunner/run(_:)`` throws, `.invalidResponse` for a probe that did not say everything.
  static func denied(by confinement: Confinement, in folder: String) async throws(SandboxError) -> Set<Attack> {
    var template = Array("\(folder)/probe-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let outside = made else { throw SystemError.current.failure("create", "\(folder)/probe-…") }
    let secret = "\(outside)/secret"
    defer {
      unlink(secret)
      rmdir(outside)
    }
    try AtomicFile.write(Array("secret".utf8), to: secret, durable: false)
    var confinement = confinement
    confinement.readsSystem = true
    confinement.files = [FileRule(.execute, ProcessGuard.executable)]
    // It takes nothing, and need not wait for a control group.
    confinement.limits = .unlimited
    let result = try await ProcessRunner.run(
      ProcessSpec(
        argv: [ProcessGuard.executable, "--guard-probe", secret, outside, String(getpid())], environment: [],
        workingDirectory: "/", timeout: timeout, confinement: confinement))
    return try read(result)
  }

  private static func read(_ result: ProcessResult) throws(SandboxError) -> Set<Attack> {
    var denied: Set<Attack> = []
    var seen: Set<Attack> = []
    for line in result.standardOutput.text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let attack = Attack(rawValue: String(words[0])) else { continue }
      seen.insert(attack)
      if words[1] == "denied" { denied.insert(attack) }
    }
    guard seen.count == Attack.allCases.count else {
      throw SandboxError(
        .invalidResponse,
        "the probe of the confinement ended early (\(result.status)) after \(seen.count) of "
          + "\(Attack.allCases.count) attacks")
    }
    return denied
  }
}
