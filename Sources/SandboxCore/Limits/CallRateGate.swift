import Synchronization

/// The session-wide limit of calls a minute (`maxAPICallsPerMinute`), shared by the metered model and by tools that call
/// an API. Waiting is first come, first served, and ends at once when the task is cancelled.
package final class CallRateGate: Sendable {
  private let window: Mutex<SlidingWindow?>
  private let turn = PermitGate(permits: 1)
  private let time: TimeSource

  /// - Parameter callsPerMinute: nil is no limit.
  package init(callsPerMinute: Int?, time: TimeSource) {
    window = Mutex(callsPerMinute.map { SlidingWindow(capacity: $0) })
    self.time = time
  }

  /// Charges one call, waiting until the window has room. Throws `.cancelled` when the task is cancelled first.
  package func admit() async throws(SandboxError) {
    guard window.withLock({ $0 != nil }) else { return }
    do {
      try await turn.withPermit {
        while let delay = window.withLock({ $0?.charge(at: time.monotonic()) }) { try await time.sleep(delay) }
      }
    } catch {
      throw SandboxError(.cancelled, "cancelled while waiting for the session's calls per minute", cause: error)
    }
  }
}
