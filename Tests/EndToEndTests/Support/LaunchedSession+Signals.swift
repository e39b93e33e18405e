import Glibc
import SandboxTestKit

extension LaunchedSession {
  /// Whether the process has a handler for the signal.
  static func handles(_ signal: Int32, _ pid: pid_t) -> Bool {
    let lines = text("/proc/\(pid)/status").split(separator: "\n")
    let mask = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    return (mask ?? 0) & (1 << UInt64(signal - 1)) != 0
  }

  /// To the whole process group.
  func sendToGroup(_ signal: Int32) { kill(-pid, signal) }

  var hasEnded: Bool { Self.hasEnded(pid) }

  /// Nothing of it is left but, perhaps, its exit code. A first thread that has ended says nothing of the others, which
  /// still hold the files and their locks.
  static func hasEnded(_ pid: pid_t) -> Bool {
    let stat = text("/proc/\(pid)/stat")
    guard let name = stat.lastIndex(of: ")") else { return true }
    let fields = stat[name...].dropFirst(2).split(separator: " ")
    let state = 0
    let threads = 17
    guard fields.count > threads else { return true }
    return fields[state] == "Z" && fields[threads] == "1"
  }

  /// Waits until the first stop has been taken, or until there is nobody left who could.
  func untilStopping() async throws {
    try await until { standardError.contains("received, cancelling session") || hasEnded }
  }
}
