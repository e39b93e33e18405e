import SandboxCore
import SandboxTools

extension Finalizer {
  private var environment: SessionEnvironment { manager.environment }

  /// Teardown, outcome, last event, reports: in an order in which a reader never sees the end before it is true.
  func conclude(_ outcome: Outcome, _ answer: String) async throws(SandboxError) -> Outcome {
    let log = environment.log
    try await log.append([.teardownChanged(.running), .announced(Announcement("cleanup_started"))])
    await work?.bus.shutdown()
    let stats = log.read { $0.statsJSON }
    let message = outcome.stop?.detail ?? "completed"
    let last = Announcement(
      outcome.stop == nil ? "completion" : "error",
      [
        "message": .string(message), "stats": stats, "outcome": .string(outcome.name),
        "exitCode": .int(Int64(outcome.exitCode.rawValue)),
      ])
    try await log.append([
      .announced(Announcement("cleanup_complete")), .teardownChanged(.done), .outcomeDecided(outcome),
      .announced(last),
    ])
    return await report(log.current, outcome, answer)
  }

  /// The journal is dead: what can still be said goes into the reports, and the exit code says why.
  func concludeWithoutJournal(_ error: SandboxError, _ answer: String) async -> Outcome {
    let kind: StopReason.Kind = error.code == .io ? .io : .internalError
    let outcome = Outcome(stop: StopReason(kind, error.description), isSynced: false)
    environment.notice(.init(.error, error.description))
    return await report(environment.log.current, outcome, answer)
  }

  private func report(_ state: SessionState, _ outcome: Outcome, _ answer: String) async -> Outcome {
    var ending = outcome
    do {
      try await environment.reports.result(ResultDocument.json(of: state, outcome: outcome, answer: answer))
    } catch {
      let reason = "result.json cannot be written: \(SandboxError.wrap(error).description)"
      environment.notice(.init(.error, reason))
      if outcome.stop == nil { ending = Outcome(stop: StopReason(.io, reason), isSynced: outcome.isSynced) }
    }
    await manager.statusFile.writeLast(ending)
    return ending
  }
}
