import SandboxCore
import SandboxIO

/// What this machine allows.
enum ConfinementHere {
  static var hasNamespaces: Bool { get async { await isolation.features.hasNamespaces } }
  static var hasMemoryGroups: Bool { get async { await isolation.report.json["mem"] == "cgroup" } }

  private static var isolation: Isolation {
    get async { await Isolation.establish(.bestEffort, .detect(), in: "/tmp") }
  }
}
