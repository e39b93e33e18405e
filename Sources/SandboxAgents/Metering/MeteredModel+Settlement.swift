import SandboxCore

extension MeteredModel {
  /// Commits a reply with what it used; returns it as it stands in the transcript.
  func complete(
    _ step: ModelStep, call: AdmittedCall, reply: ModelReply, duration: Duration
  ) async throws(SandboxError) -> AssistantMessage {
    let usage = usage(of: reply, call: call, step)
    let message = message(of: reply, step)
    var events: [SessionEvent] = [
      .modelCallCompleted(
        ModelCallCompleted(
          callID: call.id, taskID: step.taskID, message: message, finishReason: reply.finishReason, usage: usage,
          cost: reply.reportedCost ?? facts.price?.cost(of: usage) ?? .zero, requestID: reply.requestID,
          durationMilliseconds: duration.milliseconds))
    ]
    if reply.finishReason == "length" {
      events += message.toolCalls.map { .toolCallRefused(Self.cutOff($0, step, cap: call.outputCap)) }
    }
    if reply.toolCalls.count > message.toolCalls.count {
      let note = ToolCallLimit.note(reply.toolCalls.count)
      events.append(.transcriptNoted(TranscriptNoted(taskID: step.taskID, note: note)))
    }
    try await meter.log.append(events, actor: step.agentID)
    stopWhenOverdrawn(by: step, call)
    return message
  }

  func fail(
    _ step: ModelStep, call: AdmittedCall, error: SandboxError, willRetry: Bool
  ) async throws(SandboxError) {
    let mayBeBilled = (error.cause as? ModelFailure)?.mayBeBilled ?? true
    try await meter.log.append(
      .modelCallFailed(
        ModelCallFailed(
          callID: call.id, taskID: step.taskID, error: ErrorRecord(code: error.code, message: error.message),
          charged: mayBeBilled ? call.reservation : .zero, willRetry: willRetry)),
      actor: step.agentID)
  }

  /// What the provider reports, without impossible figures; what was reserved when it reports nothing.
  private func usage(of reply: ModelReply, call: AdmittedCall, _ step: ModelStep) -> TokenUsage {
    guard let usage = reply.usage else { return TokenUsage(input: step.promptCeiling, output: call.outputCap) }
    return TokenUsage(
      input: max(0, usage.input), output: max(0, usage.output), cachedInput: max(0, usage.cachedInput),
      cacheWrite: max(0, usage.cacheWrite), reasoning: max(0, usage.reasoning))
  }

  /// A provider may bill more than was reserved. It is recorded as it is; when it passes the limit, nothing more is spent.
  private func stopWhenOverdrawn(by step: ModelStep, _ call: AdmittedCall) {
    let account = meter.log.read { $0.budget.session }
    var reason: StopReason?
    if let limit = account.limit.cost, account.spent.cost > limit {
      reason = StopReason(
        .cost,
        "cost limit \(limit) passed: \(account.spent.cost) spent, because \(name) billed call \(call.id) of "
          + "\(step.agentID) with more than its worst case of \(call.reservation.cost)")
    } else if let limit = account.limit.tokens, account.spent.tokens > limit {
      reason = StopReason(
        .tokens,
        "token limit \(limit) passed: \(account.spent.tokens) spent, because \(name) counted more for call "
          + "\(call.id) of \(step.agentID) than its worst case of \(call.reservation.tokens)")
    }
    if let reason { meter.stop.requestStop(reason) }
  }

  /// The reply with our ids beside the provider's, which must be unique in a transcript: missing and repeated ones are
  /// replaced.
  private func message(of reply: ModelReply, _ step: ModelStep) -> AssistantMessage {
    guard !reply.toolCalls.isEmpty else { return AssistantMessage(text: reply.text) }
    var taken: Set<String> = []
    for case .assistant(let message) in step.messages { taken.formUnion(message.toolCalls.lazy.map(\.providerID)) }
    let calls = reply.toolCalls.prefix(ToolCallLimit.perReply).enumerated().map { index, call in
      var providerID = call.id
      var number = 0
      while providerID.isEmpty || taken.contains(providerID) {
        providerID = number == 0 ? "call_\(step.number)_\(index)" : "call_\(step.number)_\(index)_\(number)"
        number += 1
      }
      taken.insert(providerID)
      return ToolCallRequest(
        id: CallID("\(step.taskID)/\(step.number).\(index)"), providerID: providerID, name: call.name,
        arguments: call.arguments)
    }
    return AssistantMessage(text: reply.text, toolCalls: calls)
  }

  private static func cutOff(_ call: ToolCallRequest, _ step: ModelStep, cap: Int) -> ToolCallRefused {
    ToolCallRefused(
      callID: call.id, taskID: step.taskID, agentID: step.agentID,
      toolID: step.tools.toolID(for: call.name) ?? ToolID(call.name), arguments: .string(call.arguments),
      error: ErrorRecord(
        code: .invalidArgument,
        message: "Not executed: the reply was cut off at \(cap) tokens, so the arguments may be incomplete. Ask again "
          + "with shorter arguments, or in several steps."))
  }
}
