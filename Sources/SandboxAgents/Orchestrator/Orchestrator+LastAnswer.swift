package import SandboxCore

extension Orchestrator {
  /// A session's answer when a limit ended it before its own: written by the model from the results there are, if what
  /// was kept back for it suffices, else put together from them without a model.
  ///
  /// Call it outside of what the stop has cancelled. It ends by `deadline` and never fails.
  ///
  /// - Parameter reason: why the session ends; nil when that is on record.
  package func lastAnswer(deadline: Deadline, reason: String? = nil) async -> String {
    let reason = reason ?? knownReason
    let view = runner.log.read { LastAnswerView($0) }
    if let answer = view.answer { return answer }
    guard !model.isOffline, !deadline.hasPassed else { return view.text(reason: reason) }
    for size in [6_000, 1_500, 300] {
      let step = ModelStep(
        taskID: .root, agentID: .meta, number: view.steps + 1, messages: view.messages(reason: reason, bytes: size),
        tools: .none, isFinalAnswer: true, maxOutputTokens: 512)
      let amount = model.worstCase(step, outputTokens: min(512, MeteredModel.leastOutputTokens))
      let admission = runner.log.read { $0.budget.admission(of: amount, for: .root, useHoldback: true) }
      guard admission == .admitted else { continue }
      if let text = await ask(step, deadline: deadline) { return text }
      break
    }
    return view.text(reason: reason)
  }

  private var knownReason: String {
    runner.meter.stop.reason?.detail ?? runner.log.read { $0.stop?.detail } ?? "the session was ended"
  }

  private func ask(_ step: ModelStep, deadline: Deadline) async -> String? {
    let time = runner.meter.time
    return await withTaskGroup(of: String?.self) { group in
      group.addTask {
        let message = try? await model.step(step, deadline: deadline)
        return message.flatMap { $0.text.allSatisfy(\.isWhitespace) ? nil : $0.text }
      }
      group.addTask {
        try? await time.sleep(deadline.remaining)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}
