import SandboxCore

extension ToolBus {
  /// The time an attempt has when its manifest names none.
  static var defaultTimeout: Duration { .seconds(60) }

  /// Makes the attempts of a call whose intent is durable, and records how it ended.
  nonisolated func run(
    _ admitted: AdmittedCall, _ attempts: ClosedRange<Int>
  ) async throws(SandboxError) -> ToolCallResult {
    let start = time.monotonic()
    var attempt = attempts.lowerBound
    // What earlier runs of the session did is paid for as well.
    var charged = attempt - 1
    while true {
      let outcome = await makeAttempt(attempt, of: admitted)
      guard case .failure(let error) = outcome else {
        return try await complete(admitted, outcome, charged: charged + 1, since: start)
      }
      if !error.isBeforeEffect { charged += 1 }
      guard attempt < attempts.upperBound, let delay = await waitToRetry(admitted, error, attempt) else {
        return try await complete(admitted, outcome, charged: charged, since: start)
      }
      attempt += 1
      try await log.append(
        .toolCallRetried(
          ToolCallRetried(
            callID: admitted.call.id, attempt: attempt, error: record(of: error),
            delayMilliseconds: delay.milliseconds)),
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
      try await waitForRate(admitted)
    } catch {
      return nil
    }
    return Task.isCancelled || stop.reason != nil ? nil : time.monotonic() - start
  }

  // MARK: - One attempt

  private enum Ending: Sendable {
    case finished(Result<ToolOutput, SandboxError>)
    case timeIsUp
    case timerStopped
  }

  /// Runs the executor in competition with its timeout. Returns when the executor has ended, which it does soon after
  /// it was cancelled: nothing goes on behind the caller's back.
  nonisolated private func makeAttempt(
    _ attempt: Int, of admitted: AdmittedCall
  ) async -> Result<ToolOutput, SandboxError> {
    let definition = admitted.definition
    let isTimed = !definition.traits.contains(.untimed)
    let left = deadline.remaining
    let timeout = isTimed ? min(definition.timeout ?? Self.defaultTimeout, min(limits.maxDuration / 3, left)) : left
    let invocation = ToolInvocation(
      callID: admitted.call.id, taskID: admitted.call.taskID, agentID: admitted.call.agentID, definition: definition,
      arguments: admitted.arguments, attempt: attempt, timeout: timeout)
    let executor = admitted.tool.executor
    guard isTimed else { return await Self.outcome(of: executor, invocation) }
    return await withTaskGroup(of: Ending.self) { group in
      group.addTask { .finished(await Self.outcome(of: executor, invocation)) }
      group.addTask { [time] in
        do {
          try await time.sleep(timeout)
          return .timeIsUp
        } catch {
          return .timerStopped
        }
      }
      var isLate = false
      for await ending in group {
        switch ending {
        case .finished(let result):
          group.cancelAll()
          // A success counts even when it comes late: it has happened.
          guard isLate, case .failure(let error) = result else { return result }
          return .failure(
            SandboxError(.timeout, "Execution timeout after \(timeout.milliseconds)ms", cause: error.toolFailure))
        case .timeIsUp:
          isLate = true
          group.cancelAll()
        case .timerStopped: continue
        }
      }
      return .failure(SandboxError(.internalError, "\(definition.id) ended without a result"))
    }
  }

  nonisolated private static func outcome(
    of executor: any ToolExecutor, _ invocation: ToolInvocation
  ) async -> Result<ToolOutput, SandboxError> {
    do throws(SandboxError) {
      return .success(try await executor.execute(invocation))
    } catch {
      return .failure(error)
    }
  }
}
