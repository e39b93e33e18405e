internal import CSandbox
internal import Glibc

/// How a child ended, as its init tells.
struct ChildEnd {
  let status: ProcessResult.Status
  /// Why its init ended it; nil when that did not, or was told to.
  private let reason: ProcessResult.Termination?
  let usage: ProcessUsage

  /// The init is gone without a word: somebody has killed it, and the guard ends what it leaves.
  static let lost = ChildEnd(status: .signaled(SIGKILL), reason: nil, usage: ProcessUsage())

  private init(status: ProcessResult.Status, reason: ProcessResult.Termination?, usage: ProcessUsage) {
    self.status = status
    self.reason = reason
    self.usage = usage
  }

  /// Why it ended, unless we have had it killed. The kernel tells of some limits by signals, which a program may also get
  /// from elsewhere.
  func termination(under limits: ResourceLimits) -> ProcessResult.Termination {
    if let reason { return reason }
    switch status {
    case .signaled(SIGXCPU) where limits.cpuSeconds > 0: return .cpuLimit
    case .signaled(SIGKILL) where limits.cpuSeconds > 0 && usage.cpu >= .seconds(limits.cpuSeconds + 1):
      return .cpuLimit
    case .signaled(SIGXFSZ) where limits.fileBytes > 0: return .fileSizeLimit
    default: return .exited
    }
  }

  init(_ report: csb_report) {
    status = report.is_signaled != 0 ? .signaled(report.status) : .exited(report.status)
    reason =
      switch csb_end(UInt32(bitPattern: report.end)) {
      case CSB_END_TIMEOUT: .timedOut
      case CSB_END_CANCELLED: .cancelled
      case CSB_END_MEMORY: .memoryLimit
      case CSB_END_PROCESSES: .processLimit
      default: nil
      }
    usage = ProcessUsage(
      cpu: .microseconds(Int64(clamping: report.cpu_us)), peakBytes: Int(clamping: report.peak_bytes),
      sweptProcesses: Int(report.swept), leftProcesses: Int(report.left))
  }
}
