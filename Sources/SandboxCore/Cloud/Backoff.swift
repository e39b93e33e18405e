/// How long to wait before trying again: exponential with full jitter, so that many who failed together do not come back
/// together.
package struct Backoff: Sendable {
  package let base: Duration
  package let cap: Duration
  /// Gives numbers in 0..<1.
  private let random: @Sendable () -> Double

  package init(
    base: Duration = .milliseconds(500), cap: Duration = .seconds(8),
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.base = base
    self.cap = cap
    self.random = random
  }

  /// The delay after the attempt with this number, counted from 0; never less than what the other side asked for. Nil
  /// when trying again cannot help.
  package func delay(after attempt: Int, _ retry: SandboxError.Retry) -> Duration? {
    let ceiling = min(cap, base * (1 << min(max(attempt, 0), 16)))
    let jittered = ceiling * min(max(random(), 0), 1)
    return switch retry {
    case .never: nil
    case .backoff: jittered
    case .after(let asked): max(asked, jittered)
    }
  }
}
