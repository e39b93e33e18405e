import Glibc
import SandboxTestKit

extension LaunchedSession {
  /// Whether the process has a handler for the signal.
  static func handles(_ signal: Int32, _ pid: pid_t) -> Bool {
    let lines = text("/proc/\(pid)/status").split(separator: "\n")
    let mask = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    return (mask ?? 0) & (1 << UInt64(signal - 1)) != 0
  }

  /// To the whole process group, which must not be that of the tests.
  func sendToGroup(_ signal: Int32) {
    guard getpgid(pid) == pid else { return }
    kill(-pid, signal)
  }

  var hasEnded: Bool { Self.hasEnded(pid) }

  /// Nothing of it is left but, perhaps, its exit code.
  static func hasEnded(_ pid: pid_t) -> Bool {
    let stat = text("/proc/\(pid)/stat")
    guard let name = stat.lastIndex(of: ")") else { return true }
    return stat[name...].dropFirst(2).first == "Z"
  }

  /// Waits until the first stop has been taken, or until there is nobody left who could.
  func untilStopping() async throws {
    try await until { standardError.contains("received, cancelling session") || hasEnded }
  }
}
