/// One step of the session's state machine, as it is journaled.
package struct Transition: Sendable, Hashable, Codable {
  package let from: SessionPhase
  package let to: SessionPhase
  package let reason: String
  package let actor: String

  package init(from: SessionPhase, to: SessionPhase, reason: String, actor: String) {
    self.from = from
    self.to = to
    self.reason = reason
    self.actor = actor
  }
}
