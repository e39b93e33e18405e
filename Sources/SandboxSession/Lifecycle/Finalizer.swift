import SandboxAgents
import SandboxCore

/// Everything after the work, whatever came of it: a last answer, the artifacts, sync, the outcome, the reports,
/// teardown. Runs once, in a scope that no stop reaches, and is bounded by the grace time once the session is stopped.
struct Finalizer: Sendable {
  let manager: SessionManager
  let work: Work?
  let deadline: SessionDeadline

  private var environment: SessionEnvironment { manager.environment }
  private var log: SessionLog { environment.log }

  func finish(_ result: Result<String, SandboxError>) async -> Outcome {
    var stop = stopReason(for: result)
    let answer = await answer(result, stop)
    do {
      try await keep(answer, stop)
      if stop == nil, log.read({ $0.lifecycle.phase }) == .running {
        try await manager.lifecycle.move(to: .completing, reason: "the answer is there")
      }
      await writeArtifacts(of: log.read { $0.artifacts })
      try await queueResults(answer: answer, stop: stop)
      await finishStatus()
      let isDelivered = await drain()
      // A stop that came while results were delivered still counts: it was asked for before the end.
      stop = stop ?? environment.stop.reason
      try await enterTerminalPhase(stop)
      let isSynced = await drain() && isDelivered
      return try await conclude(
        Outcome(stop: stop, failedTasks: log.read { $0.unrecoveredFailures.count }, isSynced: isSynced), answer)
    } catch {
      return await concludeWithoutJournal(error, answer)
    }
  }

  /// Why the session ends before its work is done; nil when it is done.
  private func stopReason(for result: Result<String, SandboxError>) -> StopReason? {
    if let failure = log.failure { return StopReason(.io, failure.message) }
    switch result {
    case .success: return environment.stop.reason
    case .failure(let error):
      if error.code == .io { return StopReason(.io, error.message) }
      if let reason = environment.stop.reason { return reason }
      return StopReason(kind(of: error), error.message)
    }
  }

  private func kind(of error: SandboxError) -> StopReason.Kind {
    switch error.code {
    case .unavailable, .timeout, .rateLimited, .invalidResponse: .unavailable
    case .unauthorized: .refused
    case .invalidArgument where work == nil: .data
    case .internalError: .internalError
    case .io: .io
    default: .failure
    }
  }

  /// The meta-agent's answer, or the best that can be said about what is there.
  private func answer(_ result: Result<String, SandboxError>, _ stop: StopReason?) async -> String {
    if case .success(let answer) = result { return answer }
    guard let work, log.failure == nil else {
      return "The session ended before it had an answer: \(stop?.detail ?? "unknown reason")."
    }
    // Only a limit leaves time and money for a last answer by the model.
    let isLimit = stop?.phase == .timedOut
    let time = isLimit ? SessionDeadline.slice(of: deadline.duration) / 2 : .zero
    return await work.orchestrator.lastAnswer(
      deadline: Deadline(after: time, time: environment.time), reason: stop?.detail)
  }

  private func keep(_ answer: String, _ stop: StopReason?) async throws(SandboxError) {
    if let stop, log.read({ $0.stop }) == nil { try await log.append(.stopRequested(stop)) }
    guard log.read({ $0.lifecycle.phase }) != .pending else { return }
    try await note(answer)
    let now = environment.time.wallMilliseconds()
    try await log.transact { state in
      var data = state.metricsJSON(now: now).objectValue ?? JSONObject()
      data["status"] = .string(stop == nil ? "orchestration_complete" : "orchestration_stopped")
      data["result"] = .string(String(answer.prefix(4_000)))
      return ([.announced(Announcement("progress", .object(data)))], ())
    }
  }

  /// Puts the answer on the blackboard, as much of it as fits there; all of it is in the report and at the endpoint.
  private func note(_ answer: String) async throws(SandboxError) {
    var value = JSONValue.string(answer)
    if value.utf8(.compact).count > Blackboard.maximumValueBytes {
      // Escaped, a character of one byte may take six.
      value = .string(String(decoding: answer.utf8.prefix(Blackboard.maximumValueBytes / 8), as: UTF8.self) + " …")
    }
    do {
      try await Blackboard(log: log).write("session", "final_result", value, by: .system)
    } catch {
      guard error.code != .io else { throw error }
      environment.notice(.init(.warning, "the answer is not on the blackboard: \(error.message)"))
    }
  }

  private func enterTerminalPhase(_ stop: StopReason?) async throws(SandboxError) {
    // An earlier run may have come this far before it died.
    guard !log.read({ $0.lifecycle.phase.isTerminal || $0.hasQueued("status") }) else { return }
    let phase = stop?.phase ?? .completed
    // Before boot there is no way to `timed_out`; the session then simply failed.
    let isReachable = log.read { $0.lifecycle.phase.successors.contains(phase) }
    let target = isReachable ? phase : .failed
    let outcome = Outcome(stop: stop, failedTasks: log.read { $0.unrecoveredFailures.count }, isSynced: true)
    let now = environment.time.wallMilliseconds()
    let summary = log.read { state in (state.metricsJSON(now: now), state.artifacts.count) }
    let last =
      stop.map { Announcement("error", ["error": .string($0.detail), "kind": .string($0.kind.rawValue)]) }
      ?? Announcement("completed", ["artifactCount": .int(Int64(summary.1)), "metrics": summary.0])
    try await manager.lifecycle.move(
      to: target, reason: stop?.detail ?? "done", with: [.announced(last)])
    let update = manager.lifecycle.update(for: target, reason: stop?.detail ?? "done", outcome: outcome)
    try await log.append(
      .outboxQueued(
        OutboxItem(
          id: "status", idempotencyKey: "\(update.sessionID)/status/\(update.sequence)", payload: .status(update))))
  }
}
