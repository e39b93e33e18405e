import SandboxCore

extension ToolBus {
  /// The time an attempt has when its manifest names none.
  static var defaultTimeout: Duration { .seconds(60) }

  private enum Ending: Sendable {
    case finished(Attempt)
    case timeIsUp
    case timerStopped
  }

  /// Makes one attempt, checks what came of it, and slows the tool's group down or lets it go faster.
  nonisolated func makeAttempt(
    _ number: Int, of admitted: AdmittedCall, _ plan: AttemptPlan, _ reporter: ProgressReporter
  ) async -> Attempt {
    let definition = admitted.definition
    let isTimed = !definition.traits.contains(.untimed)
    let left = deadline.remaining
    let timeout = isTimed ? min(definition.timeout ?? Self.defaultTimeout, min(limits.maxDuration / 3, left)) : left
    let invocation = ToolInvocation(
      callID: admitted.call.id, taskID: admitted.call.taskID, agentID: admitted.call.agentID, definition: definition,
      arguments: admitted.arguments, attempt: number, timeout: timeout,
      redirects: policy.concernsHosts ? .sameHost : .follow, redactor: log.redactor,
      admitRequest: { [callGate] () throws(SandboxError) in try await callGate.admit() },
      progress: { reporter.report($0) })
    var attempt: Attempt
    if isTimed {
      attempt = await withTimeout(timeout) { [self] in
        if plan.isHedged, let hedge = admitted.hedge, hedge < timeout {
          return await sendTwice(invocation, admitted, after: hedge)
        }
        return Attempt(await outcome(of: invocation, admitted))
      }
    } else {
      attempt = Attempt(await outcome(of: invocation, admitted))
    }
    attempt.outcome = checked(attempt.outcome, admitted)
    if definition.traits.contains(.callsAPI) { pace(admitted.tool.group.gate, attempt.outcome) }
    return attempt
  }

  /// Runs an attempt in competition with its timeout. Returns when it has ended, which it does soon after it was
  /// cancelled: nothing goes on behind the caller's back.
  nonisolated private func withTimeout(
    _ timeout: Duration, _ work: @escaping @Sendable () async -> Attempt
  ) async -> Attempt {
    await withTaskGroup(of: Ending.self) { group in
      group.addTask { .finished(await work()) }
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
        case .finished(let attempt):
          group.cancelAll()
          // A success counts even when it comes late: it has happened.
          guard isLate, case .failure(let error) = attempt.outcome else { return attempt }
          let late = SandboxError(
            .timeout, "Execution timeout after \(timeout.milliseconds)ms", cause: error.toolFailure)
          return Attempt(.failure(late), charged: attempt.charged)
        case .timeIsUp:
          isLate = true
          group.cancelAll()
        case .timerStopped: continue
        }
      }
      return Attempt(.failure(SandboxError(.internalError, "an attempt ended without a result")))
    }
  }

  nonisolated func outcome(
    of invocation: ToolInvocation, _ admitted: AdmittedCall
  ) async -> Result<ToolOutput, SandboxError> {
    do throws(SandboxError) {
      return .success(try await admitted.tool.executor.execute(invocation))
    } catch {
      return .failure(error)
    }
  }

  /// A success whose output is not what the tool's manifest declares is none.
  nonisolated private func checked(
    _ outcome: Result<ToolOutput, SandboxError>, _ admitted: AdmittedCall
  ) -> Result<ToolOutput, SandboxError> {
    guard let returns = admitted.tool.returns, case .success(let output) = outcome,
      let violation = returns.violation(of: output)
    else { return outcome }
    return .failure(
      SandboxError(
        .invalidResponse, "Invalid response of \(admitted.definition.id): \(violation)",
        cause: ToolFailure(output: output)))
  }

  nonisolated private func pace(_ gate: AdaptiveGate, _ outcome: Result<ToolOutput, SandboxError>) {
    switch outcome {
    case .success: gate.succeeded()
    case .failure(let error) where error.code == .rateLimited:
      if case .after(let pause) = error.retry {
        gate.limited(pause: pause, at: time.monotonic())
      } else {
        gate.limited(pause: nil, at: time.monotonic())
      }
    case .failure: break
    }
  }
}
