import SandboxCore
import Synchronization

/// One tool's calls a minute: a steady rate with a burst, charged before a call is sent.
///
/// Every call is given the time at which it may be sent the moment it asks, so waiting is first come, first served, and
/// a call that would have to wait too long is refused at once. A call that is given up while it waits keeps its place:
/// the rate is never exceeded. This is the generic cell rate algorithm (ITU-T I.371), equal to a token bucket.
final class ToolRateLimiter: Sendable {
  enum Answer: Sendable, Hashable {
    /// Charged; to be sent after this delay.
    case send(after: Duration)
    /// Not charged; there would be room after this delay.
    case refuse(next: Duration)
  }

  private let interval: Duration
  private let tolerance: Duration
  /// When the next call would be due if all calls came evenly.
  private let due = Mutex<Duration?>(nil)

  init(_ limit: ToolDefinition.RateLimit) {
    interval = .seconds(60) / max(1, limit.requestsPerMinute)
    tolerance = interval * (max(1, limit.burst) - 1)
  }

  func charge(at now: Duration, patience: Duration) -> Answer {
    due.withLock { due in
      let next = max(due ?? now, now)
      let delay = max(.zero, next - tolerance - now)
      guard delay <= patience else { return .refuse(next: delay) }
      due = next + interval
      return .send(after: delay)
    }
  }
}
