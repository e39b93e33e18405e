extension ToolDefinition {
  package struct RateLimit: Sendable, Hashable {
    package let requestsPerMinute: Int
    package let burst: Int
    /// Nil: waits up to five seconds, then refuses.
    package let onExceeded: Excess?

    /// What happens to a call for which there is no room yet.
    package enum Excess: String, Sendable, Hashable, CaseIterable {
      /// Waits as long as the session's deadline allows.
      case wait
      /// Is refused at once.
      case refuse
    }

    package init(requestsPerMinute: Int, burst: Int, onExceeded: Excess? = nil) {
      self.requestsPerMinute = requestsPerMinute
      self.burst = burst
      self.onExceeded = onExceeded
    }
  }

  /// When a tool whose other side is unwell is switched off, and for how long.
  package struct Breaker: Sendable, Hashable {
    /// Failures in a row; at least 1.
    package let failures: Int
    /// Before the first try; doubles with each try that fails, up to five minutes.
    package let coolDown: Duration

    package static let standard = Breaker(failures: 5, coolDown: .seconds(30))

    package init(failures: Int, coolDown: Duration) {
      self.failures = max(1, failures)
      self.coolDown = max(.zero, coolDown)
    }
  }

  package struct Traits: OptionSet, Sendable, Hashable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Takes no tool permit: it only reads the session's own state, or waits for agents, which have permits of their
    /// own. It is never switched off.
    package static let unmetered = Traits(rawValue: 1)
    /// Counts as a call to an API for the session's calls per minute, and slows down when the other side says so.
    package static let callsAPI = Traits(rawValue: 2)
    /// Is not stopped by the tool timeout but only with the session, as a delegation.
    package static let untimed = Traits(rawValue: 4)
  }
}
