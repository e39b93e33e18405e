package import SandboxCore

extension ToolBus {
  /// The newest tool calls of the session first, refused ones among them.
  nonisolated package func executionHistory(limit: Int = 50) -> [ToolExecution] {
    log.read { state in state.executionOrder.suffix(max(0, limit)).reversed().compactMap { state.executions[$0] } }
  }

  /// What the session's tool calls have cost until now, without those in flight.
  nonisolated package var totalCost: Money {
    log.read { state in state.executions.values.reduce(.zero) { $0 + $1.cost } }
  }

  /// The result of a call that has ended, in this run of the session or in an earlier one.
  nonisolated func recordedResult(of call: CallID) -> ToolCallResult? {
    guard let execution = log.read({ $0.executions[call] }), execution.status != .executing else { return nil }
    let isError = execution.status != .completed
    let error = execution.error ?? ErrorRecord(code: .toolFailed, message: execution.output)
    return ToolCallResult(
      callID: call, text: execution.output.isEmpty && isError ? error.message : execution.output,
      error: isError ? error : nil)
  }

  /// Commits how a call ended together with what watchers are told about it. Cancelling the task does not prevent that.
  nonisolated func complete(
    _ admitted: AdmittedCall, _ outcome: Result<ToolOutput, SandboxError>, charged: Int, since start: Duration
  ) async throws(SandboxError) -> ToolCallResult {
    let status: ExecutionStatus
    let output: ToolOutput?
    var error: ErrorRecord?
    var text: ToolText
    switch outcome {
    case .success(let result):
      status = .completed
      output = result
      text = ToolText(result.text, totalBytes: result.totalBytes)
    case .failure(let failure):
      let isCancelled = Task.isCancelled
      status = isCancelled ? .cancelled : .failed
      output = failure.toolFailure?.output
      let failed = record(of: failure)
      error = isCancelled ? ErrorRecord(code: .cancelled, message: "cancelled while it ran") : failed
      let message = error?.message ?? ""
      text = ToolText(
        output.map { $0.text.isEmpty ? message : "\(message)\n\($0.text)" } ?? message,
        totalBytes: output.map { $0.totalBytes + message.utf8.count + 1 })
    }
    let completed = ToolCallCompleted(
      callID: admitted.call.id, taskID: admitted.call.taskID, status: status, output: text.text, error: error,
      cost: admitted.definition.costPerRequest.times(charged), outputBytes: output?.totalBytes ?? 0,
      isTruncated: text.isTruncated, durationMilliseconds: (time.monotonic() - start).milliseconds)
    try await log.append(
      (output?.announcements ?? []).map(SessionEvent.announced) + [.toolCallCompleted(completed)],
      actor: admitted.call.agentID)
    await note(admitted.failureKey, status, error)
    if status == .cancelled { throw SandboxError(.cancelled, "\(admitted.definition.id) was cancelled while it ran") }
    return ToolCallResult(callID: admitted.call.id, text: text.text, error: error)
  }

  /// Ends a call that must not be repeated and of which nobody knows whether it took effect.
  nonisolated func recordUnknownOutcome(
    of admitted: AdmittedCall, _ charged: Money
  ) async throws(SandboxError) -> ToolCallResult {
    let error = ErrorRecord(
      code: .unavailable,
      message:
        "The outcome of this call of \(admitted.definition.id) is unknown: the runtime stopped while it was under "
        + "way. It was not repeated. Find out whether it took effect before you call it again.")
    let completed = ToolCallCompleted(
      callID: admitted.call.id, taskID: admitted.call.taskID, status: .unknown, output: "", error: error, cost: charged,
      outputBytes: 0, isTruncated: false, durationMilliseconds: 0)
    try await log.append(.toolCallCompleted(completed), actor: admitted.call.agentID)
    return ToolCallResult(callID: admitted.call.id, text: error.message, error: error)
  }

  /// The error as it is kept. What an executor attached as ``ToolFailure`` is kept in its own place.
  nonisolated func record(of error: SandboxError) -> ErrorRecord {
    let message = error.toolFailure == nil ? error.description : error.message
    return ErrorRecord(code: error.code, message: ToolText(message, limit: ToolText.maximumErrorBytes).text)
  }
}
