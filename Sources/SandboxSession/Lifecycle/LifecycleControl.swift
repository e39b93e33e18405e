import SandboxCore

/// Moves the session from phase to phase: checked, journaled, and only then told to the cloud and in `status.json`.
struct LifecycleControl: Sendable {
  let log: SessionLog
  let session: SessionID
  let time: TimeSource
  let status: StatusReporter
  let writeStatus: @Sendable () async -> Void

  /// - Parameters:
  ///   - first: events that come before the transition, in the same commit.
  ///   - events: events that follow from it, in the same commit.
  /// - Throws: `.invalidState` when the table does not allow it; `.io` when the journal failed.
  func move(
    to phase: SessionPhase, reason: String, actor: AgentID = .system, first: [SessionEvent] = [],
    with events: [SessionEvent] = []
  ) async throws(SandboxError) {
    let transition = try await log.transact(actor: actor) { state throws(SandboxError) in
      let transition = try state.lifecycle.transition(
        to: phase, reason: reason, actor: actor.rawValue, session: session)
      let change: [SessionEvent] = transition.map { [.stateChanged($0)] } ?? []
      return (first + change + events, transition)
    }
    guard transition != nil, !phase.isTerminal else { return }
    status.report(update(for: phase, reason: reason))
    await writeStatus()
  }

  /// What the cloud is told of the phase that the session is in.
  func update(for phase: SessionPhase, reason: String, outcome: Outcome? = nil) -> StatusUpdate {
    let last = log.read { $0.lifecycle.history.last }
    return StatusUpdate(
      sessionID: session, phase: phase, sequence: last?.sequence ?? 0, time: last?.at ?? time.wallMilliseconds(),
      reason: reason, outcome: outcome?.name, cancelledBy: outcome?.stop?.phase == .cancelled ? "user" : nil)
  }
}
