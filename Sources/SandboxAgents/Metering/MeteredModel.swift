package import SandboxCore

/// The only way to a language model: each attempt reserves its worst case before it is sent and settles to what it
/// used, keeps to the rates of provider and session, and is in the journal whatever becomes of it. No prompt leaves with
/// a secret in it.
package struct MeteredModel: Sendable {
  /// As the journal spells it.
  package var name: String { model.name }
  package let facts: ModelFacts
  /// The rules that stand in for a model, which have no text to add from what is known.
  package var isOffline: Bool { model is OfflineModel }

  let model: any LanguageModel
  let meter: Meter

  package init(_ resolved: ResolvedModel, meter: Meter) {
    model = resolved.model
    facts = resolved.facts
    self.meter = meter
  }

  /// Asks the model for a task's next reply, and returns when the reply is in the journal.
  ///
  /// Failed attempts are repeated as ``RetryPolicy`` says, each with its own reservation, never past the deadline. Calls
  /// of a reply that was cut off, and those beyond ``ToolCallLimit``, are answered here and never run.
  ///
  /// - Throws: `.limitExceeded` when money or tokens do not suffice (for the session's own limit the stop has then been
  ///   requested), `.unavailable` when the provider cannot be reached in time, `.cancelled`, `.io`, and the
  ///   provider's refusals as they are. Cancelling ends the wait or the call at once; a call in flight is charged in full.
  package func step(_ step: ModelStep, deadline: Deadline? = nil) async throws(SandboxError) -> AssistantMessage {
    try ResolvedModel(model: model, facts: facts).checkPriced(under: meter.limits)
    let step = step.redacted(by: meter.log.redactor)
    let deadline = deadline ?? meter.deadline
    var attempt = 1
    while true {
      try await meter.governor.admit(name, deadline: deadline)
      try await meter.calls.admit()
      guard meter.governor.remaining(of: name) == .zero else { continue }
      try checkMayGoOn(step)
      let call = try await admit(step)
      let started = meter.time.monotonic()
      do throws(SandboxError) {
        let reply = try await respond(to: step, call: call, attempt: attempt, deadline: deadline)
        return try await complete(step, call: call, reply: reply, duration: meter.time.monotonic() - started)
      } catch {
        guard error.code != .io else { throw error }
        let delay = meter.retry.delay(after: error, attempt: attempt)
        let mayWait = delay.map { $0 < deadline.remaining } ?? false
        let goesOn = mayWait && error.code != .cancelled && meter.stop.reason == nil
        if case .after(let pause) = error.retry { meter.governor.pause(name, for: pause) }
        try await fail(step, call: call, error: error, willRetry: goesOn)
        guard goesOn, let delay else { throw final(error, delay: delay, mayWait: mayWait) }
        attempt += 1
        // A delay that the server asked for is the governor's to wait for, in company.
        if error.retry == .backoff { try await pause(delay) }
      }
    }
  }

  private func respond(
    to step: ModelStep, call: AdmittedCall, attempt: Int, deadline: Deadline
  ) async throws(SandboxError) -> ModelReply {
    if Task.isCancelled { throw Self.notSent(.cancelled, "cancelled before the call was sent") }
    let timeout = min(.seconds(600), deadline.remaining)
    guard timeout > .zero else { throw Self.notSent(.timeout, "no time is left for another call of \(name)") }
    return try await model.respond(
      to: ModelRequest(
        agentID: step.agentID, messages: step.messages, tools: step.tools.specifications,
        maxOutputTokens: call.outputCap, temperature: meter.temperature, idempotencyKey: call.idempotencyKey,
        attempt: attempt, timeout: timeout))
  }

  private func checkMayGoOn(_ step: ModelStep) throws(SandboxError) {
    if Task.isCancelled { throw SandboxError(.cancelled, "cancelled before a call of \(name)") }
    if !step.isFinalAnswer, let reason = meter.stop.reason {
      throw SandboxError(.cancelled, "the session is stopping: \(reason.detail)")
    }
  }

  private func pause(_ delay: Duration) async throws(SandboxError) {
    do { try await meter.time.sleep(delay) } catch {
      throw SandboxError(.cancelled, "cancelled while waiting to call \(name) again", cause: error)
    }
  }

  /// An error that came after money was reserved but before anything left the machine.
  private static func notSent(_ code: SandboxError.Code, _ message: String) -> SandboxError {
    SandboxError(code, message, cause: ModelFailure(status: nil, mayBeBilled: false))
  }

  private func final(_ error: SandboxError, delay: Duration?, mayWait: Bool) -> SandboxError {
    guard let delay, !mayWait, error.code != .cancelled else { return error }
    return SandboxError(
      .unavailable,
      "\(error.message); trying again in \(delay.milliseconds) ms would be past the session's deadline", cause: error)
  }
}
