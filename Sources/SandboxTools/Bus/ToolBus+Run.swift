import SandboxCore

extension ToolBus {
  /// Makes the attempts of a call whose intent is durable, and records how it ended.
  nonisolated func run(_ admitted: AdmittedCall, _ plan: AttemptPlan) async throws(SandboxError) -> EndedCall {
    let start = time.monotonic()
    let attempt = try await makeAttempts(admitted, plan)
    return try await complete(admitted, attempt, since: start)
  }

  /// Nothing of the call goes on when this returns.
  nonisolated private func makeAttempts(
    _ admitted: AdmittedCall, _ plan: AttemptPlan
  ) async throws(SandboxError) -> Attempt {
    let reporter = ProgressReporter(admitted.call, admitted.definition.id)
    async let _: Void = reporter.announce(to: log, time)
    var number = plan.attempts.lowerBound
    var charged = plan.charged
    while true {
      var attempt = await makeAttempt(number, of: admitted, plan, reporter)
      charged += attempt.charged
      attempt.charged = charged
      guard case .failure(let error) = attempt.outcome, number < plan.attempts.upperBound,
        let delay = await waitToRetry(admitted, error, number)
      else { return attempt }
      number += 1
      try await log.append(
        .toolCallRetried(
          ToolCallRetried(
            callID: admitted.call.id, attempt: number, error: record(of: error), delayMilliseconds: delay.milliseconds)),
        actor: admitted.call.agentID)
    }
  }

  /// Waits until the next attempt may be made and returns how long that took; nil when there must be none.
  nonisolated private func waitToRetry(
    _ admitted: AdmittedCall, _ error: SandboxError, _ attempt: Int
  ) async -> Duration? {
    guard admitted.definition.effect.mayRepeat || error.isBeforeEffect, !Task.isCancelled, stop.reason == nil,
      let delay = retries.delay(
        after: error, attempt: attempt, of: admitted.call.id, timeLeft: deadline.remaining)
    else { return nil }
    let start = time.monotonic()
    do {
      try await time.sleep(delay)
      try await waitOutPause(of: admitted)
      try await waitForRate(admitted)
    } catch {
      return nil
    }
    let isOver = Task.isCancelled || stop.reason != nil || !admitted.tool.group.lets(admitted.call.id)
    return isOver ? nil : time.monotonic() - start
  }
}
