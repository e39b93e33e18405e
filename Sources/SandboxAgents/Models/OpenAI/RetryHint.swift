import SandboxCore

/// What a reply's headers say about trying again: `x-should-retry`, `retry-after-ms` and `retry-after` (seconds, maybe
/// with a fraction, or an HTTP date).
struct RetryHint: Equatable {
  /// The server's word overrides what the status means.
  let shouldRetry: Bool?
  let delay: Delay

  enum Delay: Equatable {
    /// Nothing usable was said: no header, garbage, zero, or a time in the past.
    case unknown
    case after(Duration)
    /// Longer than waiting makes sense for.
    case tooLong
  }

  /// Longer waits are given up at once.
  static let longest = Duration.seconds(120)

  init(_ reply: HTTPReply, now: Int64) {
    shouldRetry =
      switch reply.header("x-should-retry") {
      case "true": true
      case "false": false
      default: nil
      }
    var delay = Delay.unknown
    if let text = reply.header("retry-after-ms"), let value = Double(text) { delay = Self.delay(milliseconds: value) }
    if delay == .unknown, let text = reply.header("retry-after") {
      if let seconds = Double(text) {
        delay = Self.delay(milliseconds: seconds * 1000)
      } else if let date = HTTPDate.milliseconds(of: text) {
        // By the server's own clock where it tells it: that of a sandbox may have stood still.
        let sent = reply.header("date").flatMap(HTTPDate.milliseconds) ?? now
        delay = Self.delay(milliseconds: Double(date) - Double(sent))
      }
    }
    self.delay = delay
  }

  private static func delay(milliseconds: Double) -> Delay {
    guard milliseconds > 0 else { return .unknown }
    guard milliseconds <= Double(longest.milliseconds) else { return milliseconds.isNaN ? .unknown : .tooLong }
    return .after(.microseconds(Int64((milliseconds * 1000).rounded(.up))))
  }

  /// The retry rule for a status that is worth another try unless the server says otherwise.
  func retry(unlessTold isWorthIt: Bool) -> SandboxError.Retry {
    guard shouldRetry ?? isWorthIt else { return .never }
    switch delay {
    case .unknown: return .backoff
    case .after(let duration): return .after(duration)
    case .tooLong: return .never
    }
  }
}
