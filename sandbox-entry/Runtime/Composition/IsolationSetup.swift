import Glibc
import SandboxCore
import SandboxIO

/// What tools are confined by on this machine, and how it is said.
enum IsolationSetup {
  static func establish(_ configuration: RunConfiguration) async -> Isolation {
    await Isolation.establish(
      configuration.isolation, configuration.kernel.features, in: folder(configuration.stateDirectory))
  }

  /// Why `AGENT_ISOLATION=required` is not met; nil when it is.
  static func shortfall(_ report: IsolationReport) -> String? {
    guard report.level < .strong else { return nil }
    return
      "AGENT_ISOLATION=required cannot be met: tools are held back only to the level \(report.level.rawValue) here; "
      + "missing: \(report.missing.joined(separator: "; "))"
  }

  /// For the log, when less is enforced than there could be and nobody has asked for that.
  static func warning(_ report: IsolationReport, _ mode: IsolationMode) -> String? {
    guard report.level < .strong, mode != .off else { return nil }
    return "tools are held back only to the level \(report.level.rawValue); missing: "
      + report.missing.joined(separator: "; ")
  }

  /// Where the probe can have a folder for a moment.
  private static func folder(_ stateDirectory: String) -> String {
    let temporary = getenv("TMPDIR").map { String(cString: $0) }
    let candidates = [stateDirectory, temporary, "/tmp", "/var/tmp", "/dev/shm"].compactMap { $0 }
    return candidates.first { access($0, W_OK | X_OK) == 0 } ?? "/tmp"
  }
}
