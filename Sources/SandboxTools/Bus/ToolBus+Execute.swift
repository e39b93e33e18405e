package import SandboxCore

extension ToolBus {
  /// Makes a call and returns its result, which is durable then.
  ///
  /// Whatever goes wrong with the call itself is a result with an error that a model can read: an unknown tool,
  /// arguments that do not fit, a limit, a timeout, the tool's own failure. A call that has a recorded result, because
  /// the session was resumed, returns it again and runs nothing. Calls that identically failed five times are refused.
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
      result = .success(try await perform(call))
    } catch {
      result = .failure(error)
    }
    await end(call.id)
    return try result.get()
  }

  nonisolated private func perform(_ call: ToolCall) async throws(SandboxError) -> ToolCallResult {
    if let recorded = recordedResult(of: call.id) { return recorded }
    var arguments = JSONValue.string(String(call.arguments.unicodeScalars.prefix(4096)))
    do throws(SandboxError) {
      let tool = try await lookUp(call)
      arguments = try ToolArguments.parse(call.arguments, for: tool.definition)
      try ToolArguments.validate(arguments, for: tool)
      let admitted = AdmittedCall(
        call: call, tool: tool, arguments: arguments, failureKey: .init(tool.definition.id, arguments))
      try await refuseRepeatedFailure(admitted)
      try await waitForRate(admitted)
      try refuseWithoutBudget(admitted)
      return try await withPermit(admitted) { () async throws(SandboxError) in
        // Others may have failed in the meantime.
        try await refuseRepeatedFailure(admitted)
        switch try await admit(admitted) {
        case .attempts(let attempts): return try await run(admitted, attempts)
        case .result(let result): return result
        }
      }
    } catch {
      switch error.code {
      case .cancelled, .io: throw error
      default: return try await refuse(call, arguments, error)
      }
    }
  }

  nonisolated private func lookUp(_ call: ToolCall) async throws(SandboxError) -> ToolRegistration {
    guard let tool = await tool(call.tool) else {
      throw SandboxError(.notFound, "Tool \(ToolText(call.tool, limit: 256).text) not found")
    }
    return tool
  }

  nonisolated private func refuseRepeatedFailure(_ admitted: AdmittedCall) async throws(SandboxError) {
    guard let failure = await exhaustedFailure(admitted.failureKey) else { return }
    throw SandboxError(
      .rejected,
      "\(admitted.definition.id) was stopped after \(RepeatedFailures.limit) identical failures: \(failure.message). "
        + "Change the arguments or use another tool.")
  }

  /// Runs the body with one of the session's tool permits, unless the tool needs none.
  nonisolated private func withPermit(
    _ admitted: AdmittedCall, _ body: () async throws(SandboxError) -> ToolCallResult
  ) async throws(SandboxError) -> ToolCallResult {
    if admitted.traits.contains(.unmetered) { return try await body() }
    do {
      return try await permits.withPermit(body)
    } catch {
      throw SandboxError.wrap(error)
    }
  }

  /// Records a call that is not made.
  nonisolated private func refuse(
    _ call: ToolCall, _ arguments: JSONValue, _ error: SandboxError
  ) async throws(SandboxError) -> ToolCallResult {
    let text = ToolText(error.message, limit: ToolText.maximumErrorBytes).text
    let record = ErrorRecord(code: error.code, message: text)
    // Under way when an earlier run of the session died, and impossible now: it ends as what it is.
    if let charged = log.read({ $0.executions[call.id] == nil ? nil : $0.budget.reservations[call.id]?.amount.cost }) {
      let completed = ToolCallCompleted(
        callID: call.id, taskID: call.taskID, status: .failed, output: "", error: record, cost: charged, outputBytes: 0,
        isTruncated: false, durationMilliseconds: 0)
      try await log.append(.toolCallCompleted(completed), actor: call.agentID)
      return ToolCallResult(callID: call.id, text: text, error: record)
    }
    let toolID = ToolID(await tool(call.tool)?.definition.id.rawValue ?? ToolText(call.tool, limit: 256).text)
    try await log.append(
      .toolCallRefused(
        ToolCallRefused(
          callID: call.id, taskID: call.taskID, agentID: call.agentID, toolID: toolID, arguments: arguments,
          error: record)), actor: call.agentID)
    return ToolCallResult(callID: call.id, text: text, error: record)
  }
}
