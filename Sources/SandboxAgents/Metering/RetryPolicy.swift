import SandboxCore

/// When a failed model call is tried again: two more times, or up to five in all when the server itself says how long to
/// wait.
package struct RetryPolicy: Sendable {
  package static let attempts = 3
  package static let attemptsWhenTold = 5
  private static let longest = Duration.seconds(8)

  /// A number in 0..<1, injected so that tests see the same delays again.
  private let random: @Sendable () -> Double

  package init(random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }) { self.random = random }

  /// How long to wait after attempt `attempt` (from 1) failed; nil when it was the last.
  func delay(after error: SandboxError, attempt: Int) -> Duration? {
    switch error.retry {
    case .never: return nil
    case .after(let delay): return attempt < Self.attemptsWhenTold ? delay : nil
    case .backoff:
      guard attempt < Self.attempts else { return nil }
      let base = min(Self.longest, .milliseconds(500 << min(attempt - 1, 8)))
      return base * (1 - 0.25 * random())
    }
  }
}
