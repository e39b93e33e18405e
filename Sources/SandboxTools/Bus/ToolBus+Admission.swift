import SandboxCore

extension ToolBus {
  enum Admission: Sendable {
    /// The intent is durable.
    case attempts(AttemptPlan)
    case ended(EndedCall)
  }

  private enum Decision: Sendable {
    case admitted(AttemptPlan)
    case wait
    case refused(LimitKind, account: TaskID)
    case stopped(StopReason)
    case outcomeUnknown(charged: Money)
  }

  /// Charges the tool's own rate and the session's calls per minute, waiting for them if that is short.
  nonisolated func waitForRate(_ admitted: AdmittedCall) async throws(SandboxError) {
    if let rate = admitted.tool.rate {
      let patience = patience(admitted.definition.rateLimit?.onExceeded)
      switch rate.charge(at: time.monotonic(), patience: min(patience, deadline.remaining)) {
      case .send(let delay): if delay > .zero { try await sleep(delay) }
      case .refuse(let next):
        throw SandboxError(
          .rateLimited, "Rate limit exceeded for \(admitted.definition.id); next call in \(next.wholeSeconds) s",
          retry: .after(next))
      }
    }
    if admitted.traits.contains(.callsAPI) { try await callGate.admit() }
  }

  /// The longest that a call waits for its tool's own rate.
  nonisolated private func patience(_ excess: ToolDefinition.RateLimit.Excess?) -> Duration {
    switch excess {
    case .wait: deadline.remaining
    case .refuse: .zero
    case nil: .seconds(5)
    }
  }

  nonisolated func sleep(_ delay: Duration) async throws(SandboxError) {
    do {
      try await time.sleep(delay)
    } catch {
      throw SandboxError(.cancelled, "cancelled while waiting", cause: error)
    }
  }

  /// Refuses early, before waiting for a permit, what can never be paid.
  nonisolated func refuseWithoutBudget(_ admitted: AdmittedCall) throws(SandboxError) {
    let amount = Amount(cost: admitted.definition.costPerRequest)
    let admission = log.read { state in
      state.executions[admitted.call.id] == nil
        ? state.budget.admission(of: amount, for: admitted.call.taskID) : .admitted
    }
    if case .refused(let kind, let account) = admission { throw refusal(admitted, kind, account) }
  }

  /// Reserves the call's worst case and records the intent, in one commit; waits while reservations of other calls
  /// stand in the way.
  nonisolated func admit(_ admitted: AdmittedCall) async throws(SandboxError) -> Admission {
    while true {
      if Task.isCancelled { throw SandboxError(.cancelled, "cancelled before \(admitted.definition.id) was started") }
      if deadline.hasPassed {
        throw SandboxError(.limitExceeded, "the session's time is over; \(admitted.definition.id) was not started")
      }
      let generation = log.generation
      let decision = try await log.transact(actor: admitted.call.agentID) { state throws(SandboxError) in
        decide(admitted, state)
      }
      switch decision {
      case .admitted(let plan): return .attempts(plan)
      case .wait: await log.waitForCommit(after: generation)
      case .refused(let kind, let account): throw refusal(admitted, kind, account)
      case .stopped(let reason):
        throw SandboxError(.invalidState, "the session is stopping, no tool is started any more: \(reason.detail)")
      case .outcomeUnknown(let charged): return .ended(try await recordUnknownOutcome(of: admitted, charged))
      }
    }
  }

  nonisolated private func decide(_ admitted: AdmittedCall, _ state: SessionState) -> ([SessionEvent], Decision) {
    let definition = admitted.definition
    if let reason = stop.reason { return ([], .stopped(reason)) }
    if let earlier = state.executions[admitted.call.id] { return resume(earlier, admitted, state) }
    var admission = Budget.Admission.admitted
    for plan in plans(for: admitted) {
      let attempts = plan.attempts.count
      let reservation = Amount(cost: definition.costPerRequest.times(plan.isHedged ? 2 * attempts : attempts))
      admission = state.budget.admission(of: reservation, for: admitted.call.taskID)
      guard admission == .admitted else { continue }
      let started = ToolCallStarted(
        callID: admitted.call.id, taskID: admitted.call.taskID, agentID: admitted.call.agentID, toolID: definition.id,
        toolVersion: definition.version, category: definition.category, effect: definition.effect,
        arguments: admitted.arguments, parentCallID: admitted.call.parentCallID, reservation: reservation,
        maxRetries: attempts - 1)
      return ([.toolCallStarted(started)], .admitted(plan))
    }
    switch admission {
    case .refused(let kind, let account): return ([], .refused(kind, account: account))
    case .wait, .admitted: return ([], .wait)
    }
  }

  /// From the most attempts to the fewest: fewer than one wants are better than none. A call that only finds out
  /// whether a tool works again has one.
  nonisolated private func plans(for admitted: AdmittedCall) -> [AttemptPlan] {
    let most = admitted.tool.group.isProbe(admitted.call.id) ? 1 : 1 + RetrySchedule.maximumRetries
    let isHedged = admitted.hedge != nil
    let plans = (1...most).reversed().map { AttemptPlan(attempts: 1...$0, isHedged: isHedged) }
    return isHedged ? plans + [AttemptPlan(attempts: 1...1, isHedged: false)] : plans
  }

  /// What to do with a call that was under way when an earlier run of the session died.
  nonisolated private func resume(
    _ earlier: ToolExecution, _ admitted: AdmittedCall, _ state: SessionState
  ) -> ([SessionEvent], Decision) {
    let next = earlier.attempts + 1
    guard admitted.definition.effect.mayRepeat, earlier.effect.mayRepeat, next <= earlier.maxRetries + 1 else {
      return ([], .outcomeUnknown(charged: state.budget.reservations[earlier.id]?.amount.cost ?? .zero))
    }
    let retried = ToolCallRetried(
      callID: earlier.id, attempt: next,
      error: ErrorRecord(code: .unavailable, message: "the runtime stopped during attempt \(earlier.attempts)"),
      delayMilliseconds: 0)
    let charged = (next - 1) * (admitted.hedge == nil ? 1 : 2)
    return (
      [.toolCallRetried(retried)],
      .admitted(AttemptPlan(attempts: next...(earlier.maxRetries + 1), isHedged: false, charged: charged))
    )
  }

  /// The error for a call that does not fit a budget. The session stops when it is its own that is spent.
  nonisolated private func refusal(_ admitted: AdmittedCall, _ kind: LimitKind, _ account: TaskID) -> SandboxError {
    let whose = account == .root ? "the session" : "task \(account)"
    let entry = log.read { $0.budget.accounts[account] ?? $0.budget.session }
    let figures =
      kind == .tokens
      ? "token limit \(entry.limit.tokens ?? 0) of \(whose) reached: \(entry.spent.tokens) spent"
      : "cost limit \(entry.limit.cost ?? .zero) of \(whose) reached: \(entry.spent.cost) spent"
    let message =
      "\(figures); \(admitted.definition.id), which costs \(admitted.definition.costPerRequest) a call, is not run"
    if account == .root { stop.requestStop(StopReason(kind, detail: message)) }
    return SandboxError(.limitExceeded, message)
  }
}

extension Money {
  /// The amount so many times; saturates.
  func times(_ count: Int) -> Money { Money(microdollars: microdollars.multipliedSaturating(by: Int64(count))) }
}
