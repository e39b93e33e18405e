import Synchronization

/// The one entrance for stopping a session. Signals, the deadline, the budget, an operator and the cloud all call
/// ``requestStop(_:)``; the first reason wins and is what is reported.
package final class StopControl: Sendable {
  private struct Stop {
    let reason: StopReason
    let at: Duration
  }

  private let state = Mutex<Stop?>(nil)
  private let signal = ChangeSignal()
  private let time: TimeSource

  package init(time: TimeSource = .system) { self.time = time }

  /// The reason that won, if somebody asked to stop.
  package var reason: StopReason? { state.withLock { $0?.reason } }

  /// How long ago the session was asked to stop, if it was.
  package var elapsed: Duration? { state.withLock { $0?.at }.map { time.monotonic() - $0 } }

  /// Asks the session to stop. Returns whether this reason is the one that counts.
  @discardableResult
  package func requestStop(_ reason: StopReason) -> Bool {
    let isFirst = state.withLock { current in
      if current != nil { return false }
      current = Stop(reason: reason, at: time.monotonic())
      return true
    }
    if isFirst { signal.notify() }
    return isFirst
  }

  /// Returns the reason once there is one, or nil when the waiting task is cancelled.
  package func waitForStop() async -> StopReason? {
    while !Task.isCancelled {
      let generation = signal.generation
      if let reason { return reason }
      await signal.wait(after: generation)
    }
    return reason
  }
}
