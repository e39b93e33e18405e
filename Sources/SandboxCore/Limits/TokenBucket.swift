/// A tool's rate: a steady refill and a burst. A call is charged before it is sent.
package struct TokenBucket: Sendable {
  package let perMinute: Double
  package let burst: Double
  private var level: Double
  private var updated: Duration?

  package init(perMinute: Int, burst: Int) {
    self.perMinute = Double(max(1, perMinute))
    self.burst = Double(max(1, burst))
    level = self.burst
  }

  /// Takes one token at `now`, or says how long until there is one (nothing is taken then).
  package mutating func charge(at now: Duration) -> Duration? {
    if let updated, now > updated {
      level = min(burst, level + (now - updated).secondsAsDouble * perMinute / 60)
    }
    updated = now
    guard level < 1 else {
      level -= 1
      return nil
    }
    return .milliseconds(Int64(((1 - level) * 60_000 / perMinute).rounded(.up)))
  }
}
