extension SessionState {
  mutating func evolveModelCall(_ event: SessionEvent) {
    switch event {
    case .modelCallStarted(let event):
      guard modelCalls[event.callID] == nil else { return }
      modelCalls[event.callID] = ModelCallState(event)
      budget.reserve(event.reservation, for: event.callID, account: event.taskID)
      count(event.agentID) { $0.modelCalls += 1 }
    case .modelCallCompleted(let event):
      guard let call = modelCalls[event.callID], call.status == .executing else { return }
      modelCalls[event.callID]?.status = .completed
      modelCalls[event.callID]?.usage = event.usage
      modelCalls[event.callID]?.cost = event.cost
      budget.settle(event.callID, used: Amount(cost: event.cost, tokens: event.usage.total))
      count(call.started.agentID) {
        $0.usage = $0.usage + event.usage
        $0.cost += event.cost
        $0.iterations += 1
      }
      tasks[event.taskID]?.steps += 1
      tasks[event.taskID]?.transcript?.append(event.message)
    case .modelCallFailed(let event):
      guard let call = modelCalls[event.callID], call.status == .executing else { return }
      modelCalls[event.callID]?.status = .failed
      modelCalls[event.callID]?.error = event.error
      modelCalls[event.callID]?.cost = event.charged.cost
      budget.settle(event.callID, used: event.charged)
      count(call.started.agentID) {
        $0.modelErrors += 1
        $0.cost += event.charged.cost
      }
    default: break
    }
  }

  mutating func evolveToolCall(_ record: EventRecord) {
    switch record.event {
    case .toolCallStarted(let event):
      guard executions[event.callID] == nil else { return }
      executions[event.callID] = ToolExecution(event, at: record.time)
      executionOrder.append(event.callID)
      budget.reserve(event.reservation, for: event.callID, account: event.taskID)
      count(event.agentID) { $0.toolExecutions += 1 }
    case .toolCallRetried(let event): executions[event.callID]?.attempts = event.attempt
    case .toolCallCompleted(let event):
      guard let execution = executions[event.callID], execution.status == .executing else { return }
      executions[event.callID]?.finish(event, at: record.time)
      budget.settle(event.callID, used: Amount(cost: event.cost))
      count(execution.agentID) {
        $0.cost += event.cost
        if event.status != .completed { $0.toolErrors += 1 }
      }
      if event.fallback != nil { return }
      let text = event.output.isEmpty ? (event.error?.message ?? "") : event.output
      answer(event.callID, in: event.taskID, text: text, isError: event.status != .completed)
    case .toolCallRefused(let event):
      guard executions[event.callID] == nil else { return }
      executions[event.callID] = ToolExecution(event, at: record.time)
      executionOrder.append(event.callID)
      count(event.agentID) { $0.toolErrors += 1 }
      if event.fallback != nil { return }
      answer(event.callID, in: event.taskID, text: event.error.message, isError: true)
    default: break
    }
  }

  /// Puts a tool's result under the call of the transcript that asked for it, if one did.
  private mutating func answer(_ answering: CallID, in task: TaskID, text: String, isError: Bool) {
    let call = originalCall(of: answering)
    guard let request = tasks[task]?.transcript?.openCalls.first(where: { $0.id == call }) else { return }
    tasks[task]?.transcript?.append(
      ToolResultMessage(callID: call, providerID: request.providerID, text: text, isError: isError))
  }
}

extension SessionState {
  /// The call instead of which this one was made; itself when it was made for its own sake.
  private func originalCall(of call: CallID) -> CallID {
    guard let parent = executions[call]?.parentCallID else { return call }
    var next = executions[parent]?.fallback?.callID
    // No journal, however broken, may hang the fold.
    for _ in 0..<ToolFallback.maximum {
      if next == call { return parent }
      next = next.flatMap { executions[$0]?.fallback?.callID }
    }
    return call
  }
}

extension ToolExecution {
  fileprivate mutating func finish(_ event: ToolCallCompleted, at time: Int64) {
    status = event.status
    output = event.output
    outputBytes = event.outputBytes
    isTruncated = event.isTruncated
    error = event.error
    cost = event.cost
    fallback = event.fallback
    isolation = event.isolation
    durationMilliseconds = event.durationMilliseconds
    endedAt = time
  }
}
