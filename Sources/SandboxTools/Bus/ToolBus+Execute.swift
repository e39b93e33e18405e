package import SandboxCore
import Synchronization

extension ToolBus {
  /// Makes a call and returns its result, which is durable then.
  ///
  /// Whatever goes wrong with the call itself is a result with an error that a model can read: an unknown tool,
  /// arguments that do not fit, a limit, a timeout, the tool's own failure. A call that has a recorded result, because
  /// the session was resumed, returns it again and runs nothing. Calls that identically failed five times are refused.
  /// When the tool fails for good and names others, they are called instead, each as a call with a record of its own.
  ///
  /// Cancelling the calling task gives up waiting, or stops the tool and records that it was cancelled.
  ///
  /// - Throws: only `.cancelled`, when the task was cancelled, and `.io`, when the journal can no longer be written.
  nonisolated package func execute(_ call: ToolCall) async throws(SandboxError) -> ToolCallResult {
    do throws(SandboxError) {
      try await begin(call)
    } catch {
      return ToolCallResult(callID: call.id, text: error.message, error: ErrorRecord(error))
    }
    let result: Result<ToolCallResult, SandboxError>
    do throws(SandboxError) {
      result = .success(try await answer(call))
    } catch {
      result = .failure(error)
    }
    await end(call.id)
    return try result.get()
  }

  /// Makes the call, and others instead of it while they fail and there are some.
  nonisolated private func answer(_ call: ToolCall) async throws(SandboxError) -> ToolCallResult {
    var chain = FallbackChain(call)
    while true {
      let ended = if let past = recorded(chain) { past } else { try await perform(chain) }
      guard let next = ended.next else {
        return ToolCallResult(callID: call.id, text: ended.result.text, error: ended.result.error)
      }
      chain = next
    }
  }

  nonisolated private func perform(_ chain: FallbackChain) async throws(SandboxError) -> EndedCall {
    let call = chain.call
    var arguments = JSONValue.string(String(call.arguments.unicodeScalars.prefix(4096)))
    do throws(SandboxError) {
      let tool = try await lookUp(call.tool)
      arguments = try ToolArguments.parse(call.arguments, for: tool.definition)
      try ToolArguments.validate(arguments, for: tool)
      try askPolicy(tool.definition, arguments)
      let admitted = AdmittedCall(
        chain: chain, tool: tool, arguments: arguments, failureKey: .init(tool.definition.id, arguments))
      defer { tool.group.release(call.id, at: time.monotonic()) }
      try refuseRepeatedFailure(admitted)
      try await passCircuit(admitted)
      try await waitForRate(admitted)
      try refuseWithoutBudget(admitted)
      return try await withPermits(admitted) { () async throws(SandboxError) in
        // Others may have failed in the meantime.
        try refuseRepeatedFailure(admitted)
        try await passCircuit(admitted)
        switch try await admit(admitted) {
        case .attempts(let plan): return try await run(admitted, plan)
        case .ended(let ended): return ended
        }
      }
    } catch {
      switch error.code {
      case .cancelled, .io: throw error
      default: return try await refuse(chain, arguments, error)
      }
    }
  }

  nonisolated private func askPolicy(_ tool: ToolDefinition, _ arguments: JSONValue) throws(SandboxError) {
    switch policy.decision(on: tool, arguments: arguments) {
    case .allow: return
    case .deny(let reason): throw SandboxError(.denied, "\(tool.id) is denied: \(reason)")
    case .ask(let reason):
      throw SandboxError(
        .denied, "\(tool.id) needs approval, and nobody can be asked in this version: \(reason)")
    }
  }

  nonisolated private func refuseRepeatedFailure(_ admitted: AdmittedCall) throws(SandboxError) {
    guard let failure = failures.withLock({ $0.exhausted(admitted.failureKey) }) else { return }
    throw SandboxError(
      .rejected,
      "\(admitted.definition.id) was stopped after \(RepeatedFailures.limit) identical failures: "
        + "\(failure.message.excerpt().trimmingSpaces). Change the arguments or use another tool.",
      cause: SandboxError(failure.code, failure.message))
  }

  /// Records a call that is not made.
  nonisolated private func refuse(
    _ chain: FallbackChain, _ arguments: JSONValue, _ error: SandboxError
  ) async throws(SandboxError) -> EndedCall {
    let call = chain.call
    let tool = await tool(call.tool)
    let toolID = tool?.definition.id ?? ToolID(ToolText(call.tool, limit: 256).text)
    // Under way when an earlier run of the session died, and impossible now: it ends as what it is.
    let charged = log.read { $0.executions[call.id] == nil ? nil : $0.budget.reservations[call.id]?.amount.cost }
    let next = charged == nil ? await continuation(of: chain, after: error, tool, arguments) : nil
    let message = next == nil ? chain.explanation(of: error.message, by: toolID) : error.message
    let text = ToolText(message, limit: ToolText.maximumErrorBytes, redactor: log.redactor).text
    let record = ErrorRecord(code: error.code, message: text)
    let event: SessionEvent =
      if let charged {
        .toolCallCompleted(
          ToolCallCompleted(
            callID: call.id, taskID: call.taskID, status: .failed, output: "", error: record, cost: charged,
            outputBytes: 0, isTruncated: false, durationMilliseconds: 0))
      } else {
        .toolCallRefused(
          ToolCallRefused(
            callID: call.id, taskID: call.taskID, agentID: call.agentID, toolID: toolID, arguments: arguments,
            error: record, parentCallID: call.parentCallID, fallback: next?.fallback))
      }
    try await log.append([event] + announcement(of: next), actor: call.agentID)
    return EndedCall(result: ToolCallResult(callID: call.id, text: text, error: record), next: next)
  }
}
