package import SandboxCore
import Synchronization

extension ToolBus {
  /// The newest tool calls of the session first, refused ones among them.
  nonisolated package func executionHistory(limit: Int = 50) -> [ToolExecution] {
    log.read { state in state.executionOrder.suffix(max(0, limit)).reversed().compactMap { state.executions[$0] } }
  }

  /// What the session's tool calls have cost until now, without those in flight.
  nonisolated package var totalCost: Money {
    log.read { state in state.executions.values.reduce(.zero) { $0 + $1.cost } }
  }

  /// Commits how a call ended together with what watchers are told about it. Cancelling the task does not prevent that.
  nonisolated func complete(
    _ admitted: AdmittedCall, _ attempt: Attempt, since start: Duration
  ) async throws(SandboxError) -> EndedCall {
    let tool = admitted.definition.id
    let status: ExecutionStatus
    let output: ToolOutput?
    var error: ErrorRecord?
    var next: FallbackChain?
    let (said, total): (String, Int?)
    switch attempt.outcome {
    case .success(let result):
      status = .completed
      output = result
      let preface = admitted.chain.preface(by: tool)
      (said, total) = (preface + result.text, result.totalBytes + preface.utf8.count)
    case .failure(let failure):
      let isCancelled = Task.isCancelled
      status = isCancelled ? .cancelled : .failed
      output = failure.toolFailure?.output
      error = isCancelled ? ErrorRecord(code: .cancelled, message: "cancelled while it ran") : record(of: failure)
      if !isCancelled, failure.isBeforeEffect || admitted.definition.effect.mayRepeat {
        next = await continuation(of: admitted.chain, after: failure, admitted.tool, admitted.arguments)
      }
      let own = error?.message ?? ""
      let message = next == nil ? admitted.chain.explanation(of: own, by: tool) : own
      said = output.map { $0.text.isEmpty ? message : "\(message)\n\($0.text)" } ?? message
      total = output.map { said.utf8.count + $0.totalBytes - $0.text.utf8.count }
    }
    let whole = status == .cancelled ? nil : output?.whole
    let text = await text(said, total, keeping: whole, of: admitted)
    let completed = ToolCallCompleted(
      callID: admitted.call.id, taskID: admitted.call.taskID, status: status, output: text.text, error: error,
      cost: admitted.definition.costPerRequest.times(attempt.charged), outputBytes: output?.totalBytes ?? 0,
      isTruncated: text.isTruncated, durationMilliseconds: (time.monotonic() - start).milliseconds,
      fallback: next?.fallback, isolation: output?.isolation)
    let ending: [SessionEvent] = [.toolCallCompleted(completed)] + announcement(of: next)
    try await log.append(
      (output?.announcements ?? []).map(SessionEvent.announced) + noteHealth(admitted, status, error) + ending,
      actor: admitted.call.agentID)
    failures.withLock { $0.note(admitted.failureKey, status, error) }
    if status == .cancelled { throw SandboxError(.cancelled, "\(tool) was cancelled while it ran") }
    return EndedCall(result: ToolCallResult(callID: admitted.call.id, text: text.text, error: error), next: next)
  }

  /// What a model reads of it. What that leaves out is kept, and a line at the end says where.
  nonisolated private func text(
    _ said: String, _ totalBytes: Int?, keeping whole: WholeOutput?, of admitted: AdmittedCall
  ) async -> ToolText {
    let text = ToolText(said, totalBytes: totalBytes, redactor: log.redactor)
    guard text.isTruncated, let whole, let outputs else { return text }
    let outcome = await outputs.keep(
      whole, of: admitted.call.id, by: admitted.definition.id, agent: admitted.call.agentID)
    return ToolText(said, totalBytes: totalBytes, redactor: log.redactor, footer: outcome.line)
  }

  /// Ends a call that must not be repeated and of which nobody knows whether it took effect.
  nonisolated func recordUnknownOutcome(
    of admitted: AdmittedCall, _ charged: Money
  ) async throws(SandboxError) -> EndedCall {
    let tool = admitted.definition.id
    let message = admitted.chain.explanation(of: ToolCallCompleted.unknownOutcome(of: tool), by: tool)
    let completed = ToolCallCompleted.unknown(
      admitted.call.id, admitted.call.taskID, message: message, charged: charged)
    try await log.append(.toolCallCompleted(completed), actor: admitted.call.agentID)
    return EndedCall(
      result: ToolCallResult(callID: admitted.call.id, text: message, error: completed.error), next: nil)
  }

  /// The error as it is kept. What an executor attached as ``ToolFailure`` is kept in its own place.
  nonisolated func record(of error: SandboxError) -> ErrorRecord {
    let message = error.toolFailure == nil ? error.description : error.message
    let text = ToolText(message, limit: ToolText.maximumErrorBytes, redactor: log.redactor).text
    return ErrorRecord(code: error.code, message: text)
  }
}
