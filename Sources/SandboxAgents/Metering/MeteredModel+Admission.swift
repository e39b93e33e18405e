import SandboxCore

extension MeteredModel {
  /// A reply with a smaller cap than this is of no use, so a call that cannot have it is refused.
  static let leastOutputTokens = 256
  /// While others hold money that may come back, waiting is better than a cap below this.
  private static let comfortableOutputTokens = 1_024

  static func callID(_ task: TaskID, step: Int, attempt: Int) -> CallID {
    CallID(attempt == 1 ? "\(task)/\(step)" : "\(task)/\(step)#\(attempt)")
  }

  private enum Decision: Sendable {
    case admitted(AdmittedCall)
    case wait
    case refused(LimitKind, account: TaskID, detail: String)
  }

  /// Reserves the worst case of one attempt and commits its intent, waiting while money is only lent to others.
  func admit(_ step: ModelStep) async throws(SandboxError) -> AdmittedCall {
    if meter.queue.inUse == 0 {
      let decision = try await decide(step)
      if let call = try settled(decision, step) { return call }
    }
    do {
      return try await meter.queue.withPermit {
        while true {
          let generation = meter.log.generation
          let decision = try await decide(step)
          if let call = try settled(decision, step) { return call }
          await meter.log.waitForCommit(after: generation)
          if Task.isCancelled { throw SandboxError(.cancelled, "cancelled while waiting for money or tokens") }
        }
      }
    } catch {
      throw SandboxError.wrap(error)
    }
  }

  /// The call when it was admitted, nil when waiting can help.
  private func settled(_ decision: Decision, _ step: ModelStep) throws(SandboxError) -> AdmittedCall? {
    switch decision {
    case .admitted(let call): return call
    case .wait:
      guard step.isFinalAnswer else { return nil }
      throw SandboxError(.limitExceeded, "the last answer does not fit beside calls that are still in flight")
    case .refused(let kind, let account, let detail):
      // A limit of the session ends the session; one of a task alone is that task's failure.
      if account == .root { meter.stop.requestStop(StopReason(kind, detail: detail)) }
      throw SandboxError(.limitExceeded, detail)
    }
  }

  private func decide(_ step: ModelStep) async throws(SandboxError) -> Decision {
    try await meter.log.transact(actor: step.agentID) { state throws(SandboxError) in
      let cap: Int
      switch outputCap(for: step, in: state) {
      case .cap(let tokens): cap = tokens
      case .wait: return ([], .wait)
      case .refused(let kind, let account):
        return ([], .refused(kind, account: account, detail: refusal(kind, account, step, state)))
      }
      let call = AdmittedCall(
        id: freeCallID(step, in: state), outputCap: cap, reservation: worstCase(step, outputTokens: cap),
        idempotencyKey: "\(state.session?.sessionID.rawValue ?? "session")/\(step.taskID)/\(Self.label(of: step))")
      let started = ModelCallStarted(
        callID: call.id, taskID: step.taskID, agentID: step.agentID, model: name, step: step.number,
        attempt: attempt(of: call.id, step), reservation: call.reservation, isFinalAnswer: step.isFinalAnswer)
      return ([.modelCallStarted(started), .announced(thinking(step, state))], .admitted(call))
    }
  }

  private enum Cap {
    case cap(Int)
    case wait
    case refused(LimitKind, account: TaskID)
  }

  /// The largest cap on the reply that the budget admits, up to what the session and the model allow.
  private func outputCap(for step: ModelStep, in state: SessionState) -> Cap {
    var most = max(1, meter.limits.maxTokensPerRequest)
    if let limit = facts.maxOutputTokens { most = min(most, max(1, limit)) }
    if let limit = step.maxOutputTokens { most = min(most, max(1, limit)) }
    func admission(_ tokens: Int) -> Budget.Admission {
      state.budget.admission(
        of: worstCase(step, outputTokens: tokens), for: step.taskID, useHoldback: step.isFinalAnswer)
    }
    if admission(most) == .admitted { return .cap(most) }
    var low = min(most, Self.leastOutputTokens)
    switch admission(low) {
    case .refused(let kind, let account): return .refused(kind, account: account)
    case .wait: return .wait
    case .admitted: break
    }
    var high = most
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if admission(middle) == .admitted { low = middle } else { high = middle }
    }
    let isPoor = low < min(most, Self.comfortableOutputTokens)
    return isPoor && !step.isFinalAnswer && state.budget.session.reserved != .zero ? .wait : .cap(low)
  }

  func worstCase(_ step: ModelStep, outputTokens: Int) -> Amount {
    Amount(
      cost: facts.price?.worstCase(promptTokens: step.promptCeiling, outputTokens: outputTokens) ?? .zero,
      tokens: step.promptCeiling.addingSaturating(outputTokens))
  }

  /// Attempts go on counting after a restart: an id names one attempt for ever.
  private func freeCallID(_ step: ModelStep, in state: SessionState) -> CallID {
    var attempt = 1
    while state.modelCalls[id(step, attempt: attempt)] != nil { attempt += 1 }
    return id(step, attempt: attempt)
  }

  private func id(_ step: ModelStep, attempt: Int) -> CallID {
    guard step.isFinalAnswer else { return Self.callID(step.taskID, step: step.number, attempt: attempt) }
    return CallID(attempt == 1 ? "\(step.taskID)/answer" : "\(step.taskID)/answer#\(attempt)")
  }

  private static func label(of step: ModelStep) -> String { step.isFinalAnswer ? "answer" : String(step.number) }

  private func attempt(of id: CallID, _ step: ModelStep) -> Int {
    id.rawValue.lastIndex(of: "#").flatMap { Int(id.rawValue[$0...].dropFirst()) } ?? 1
  }

  private func thinking(_ step: ModelStep, _ state: SessionState) -> Announcement {
    let used = state.tasks[step.taskID]?.transcript?.turns.reduce(0) { $0 + $1.message.toolCalls.count } ?? 0
    return Announcement(
      "thinking",
      [
        "iteration": .int(Int64(step.number)), "toolsUsed": .int(Int64(used)),
        "agent": .string(step.agentID.rawValue), "task": .string(step.taskID.rawValue),
      ])
  }

  /// Names the limit, its value, what is spent and who asked.
  private func refusal(_ kind: LimitKind, _ account: TaskID, _ step: ModelStep, _ state: SessionState) -> String {
    let entry = state.budget.accounts[account] ?? state.budget.session
    let need = worstCase(step, outputTokens: min(Self.leastOutputTokens, meter.limits.maxTokensPerRequest))
    let kept = account == .root && !step.isFinalAnswer ? state.budget.holdback : .zero
    let whose = account == .root ? "the session" : "task \(account)"
    let figures =
      switch kind {
      case .tokens:
        "token limit \(entry.limit.tokens ?? 0) of \(whose) reached: \(entry.spent.tokens) spent, \(kept.tokens) kept "
          + "back, and the next call of \(path(to: step.taskID, state)) can take \(need.tokens)"
      default:
        "cost limit \(entry.limit.cost ?? .zero) of \(whose) reached: \(entry.spent.cost) spent, \(kept.cost) kept "
          + "back, and the next call of \(path(to: step.taskID, state)) can cost \(need.cost)"
      }
    return figures
  }

  /// `meta > omega:research (root.1-0)`.
  private func path(to task: TaskID, _ state: SessionState) -> String {
    var names: [String] = []
    var next: TaskID? = task
    while let id = next, let entry = state.tasks[id], names.count < 64 {
      names.append(entry.agentID.rawValue)
      next = entry.parent
    }
    return "\(names.reversed().joined(separator: " > ")) (\(task))"
  }
}
