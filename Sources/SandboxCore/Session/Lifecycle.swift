/// The session's state machine as a value: the phase, how it got there, and the outcome, which is set once.
package struct Lifecycle: Sendable, Hashable, Codable {
  package private(set) var phase: SessionPhase = .pending
  package private(set) var teardown: Teardown = .none
  package private(set) var outcome: Outcome?
  package private(set) var history: [Stamped] = []
  package private(set) var startedAt: Int64?
  package private(set) var endedAt: Int64?

  package struct Stamped: Sendable, Hashable, Codable {
    package let transition: Transition
    package let at: Int64
    package let sequence: Int64
  }

  package init() {}

  /// The transition to `target`, or nil when the session is there already (nothing happens and nothing is told).
  ///
  /// - Throws: `.invalidState` when the table does not allow it.
  package func transition(
    to target: SessionPhase, reason: String, actor: String, session: SessionID
  ) throws(SandboxError) -> Transition? {
    if target == phase { return nil }
    guard phase.successors.contains(target) else {
      throw SandboxError(
        .invalidState,
        "Invalid state transition: \(phase.rawValue) → \(target.rawValue) for session \(session)")
    }
    return Transition(from: phase, to: target, reason: reason, actor: actor)
  }

  mutating func apply(_ transition: Transition, at time: Int64, sequence: Int64) {
    phase = transition.to
    history.append(Stamped(transition: transition, at: time, sequence: sequence))
    if phase == .running, startedAt == nil { startedAt = time }
    if phase.isTerminal { endedAt = time }
  }

  /// The first outcome wins; a later one is ignored.
  mutating func apply(_ outcome: Outcome) {
    if self.outcome == nil { self.outcome = outcome }
  }

  mutating func apply(_ teardown: Teardown) { self.teardown = teardown }
}
