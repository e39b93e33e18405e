import SandboxCore

/// When a failed attempt is tried again: after 1, 2, 4 … seconds, each up to a quarter shorter or longer, or when the
/// other side asked for it.
struct RetrySchedule: Sendable {
  /// Attempts after the first.
  static let maximumRetries = 2
  /// Longer waits than this are not worth a tool permit.
  static let maximumDelay = Duration.seconds(60)

  /// A number from -1 to 1 for an attempt of a call.
  let jitter: @Sendable (CallID, Int) -> Double

  /// The delay after attempt number `attempt` (from 1) of a call; nil when the error or the delay forbids another one.
  func delay(after error: SandboxError, attempt: Int, of call: CallID, timeLeft: Duration) -> Duration? {
    let delay: Duration
    switch error.retry {
    case .never: return nil
    case .after(let asked): delay = max(.zero, asked)
    case .backoff:
      let base = Double(1 << min(max(0, attempt - 1), 6))
      delay = .milliseconds(Int64(base * (1000 + 250 * max(-1, min(1, jitter(call, attempt))))))
    }
    return delay < timeLeft && delay <= Self.maximumDelay ? delay : nil
  }

  /// Jitter that is the same for the same attempt of the same call, and as good as chance between calls (FNV-1a).
  @Sendable package static func hashedJitter(_ call: CallID, _ attempt: Int) -> Double {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(call)#\(attempt)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Double((hash ^ hash >> 32) & 0xffff_ffff) / Double(UInt32.max) * 2 - 1
  }
}
