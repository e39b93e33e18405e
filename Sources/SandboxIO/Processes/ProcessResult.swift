/// How a child ended and what it wrote. A non-zero exit code is a result, not an error.
package struct ProcessResult: Sendable {
  package enum Status: Sendable, Hashable {
    case exited(Int32)
    case signaled(Int32)
  }

  /// Why the child ended.
  package enum Termination: Sendable, Hashable {
    /// By itself, or by a signal that did not come from us.
    case exited
    case timedOut
    case cancelled
    /// It wrote more than it may.
    case outputLimit
    case cpuLimit
    case memoryLimit
    case processLimit
    case fileSizeLimit
    /// More, or more files, in its own folders than it may have there.
    case diskLimit
  }

  package let status: Status
  package let termination: Termination
  package let standardOutput: CapturedOutput
  package let standardError: CapturedOutput
  /// From just before the start to when the result was complete.
  package let duration: Duration
  package let usage: ProcessUsage

  /// Ended by itself with exit code 0.
  package var isSuccess: Bool { termination == .exited && status == .exited(0) }
}
