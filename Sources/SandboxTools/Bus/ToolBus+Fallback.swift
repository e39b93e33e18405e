import SandboxCore

extension ToolBus {
  /// Errors after which another tool may do better: the tool's other side is unwell, or the tool failed.
  private static var passedOn: Set<SandboxError.Code> { ToolHealth.unwellCodes.union([.toolFailed]) }

  /// What an alternative may meet besides: it is not the call itself that is wrong then.
  private static var passedOnByAlternatives: Set<SandboxError.Code> {
    [.invalidArgument, .denied, .notFound, .rejected]
  }

  /// What is made instead of a call that failed for good; nil when nothing may be, or there is nothing.
  nonisolated func continuation(
    of chain: FallbackChain, after error: SandboxError, _ tool: ToolRegistration?, _ arguments: JSONValue
  ) async -> FallbackChain? {
    guard let tool, chain.failures.count < ToolFallback.maximum, isPassedOn(error, in: chain), stop.reason == nil,
      !Task.isCancelled, !deadline.hasPassed, let next = await alternative(in: chain, chain.arguments ?? arguments)
    else { return nil }
    return chain.next(
      ToolFallback(callID: chain.nextCallID, toolID: next),
      after: .init(tool: tool.definition.id, message: record(of: error).message), arguments)
  }

  nonisolated private func isPassedOn(_ error: SandboxError, in chain: FallbackChain) -> Bool {
    if Self.passedOn.contains(error.code) { return true }
    if chain.isAlternative, Self.passedOnByAlternatives.contains(error.code) { return true }
    // A call that was not made because it has failed in such a way again and again.
    guard error.code == .rejected, let cause = error.cause as? SandboxError else { return false }
    return Self.passedOn.contains(cause.code)
  }

  /// What watchers are told when another tool is called instead.
  nonisolated func announcement(of next: FallbackChain?) -> [SessionEvent] {
    guard let next, let failure = next.failures.last else { return [] }
    let data: JSONObject = [
      "callId": .string(next.root.id.rawValue), "toolId": .string(failure.tool.rawValue),
      "error": .string(failure.message.excerpt().trimmingSpaces), "fallbackCallId": .string(next.call.id.rawValue),
      "fallbackToolId": .string(next.call.tool),
    ]
    return [.announced(Announcement("tool_fallback", .object(data)))]
  }

  /// A call that has ended, in this run of the session or in an earlier one.
  nonisolated func recorded(_ chain: FallbackChain) -> EndedCall? {
    let id = chain.call.id
    guard let execution = log.read({ $0.executions[id] }), execution.status != .executing else { return nil }
    let isError = execution.status != .completed
    let error = execution.error ?? ErrorRecord(code: .toolFailed, message: execution.output)
    let result = ToolCallResult(
      callID: id, text: execution.output.isEmpty && isError ? error.message : execution.output,
      error: isError ? error : nil)
    let next = execution.fallback.map { fallback in
      chain.next(fallback, after: .init(tool: execution.toolID, message: error.message), execution.arguments)
    }
    return EndedCall(result: result, next: next)
  }
}

extension FallbackChain {
  /// As it is recorded with the call that failed.
  var fallback: ToolFallback { ToolFallback(callID: call.id, toolID: ToolID(call.tool)) }
}
