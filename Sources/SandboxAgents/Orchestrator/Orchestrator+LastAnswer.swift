package import SandboxCore

extension Orchestrator {
  /// A session's answer when a limit ended it before its own: written by the model from the results there are, if what
  /// was kept back for it suffices, else put together from them without a model.
  ///
  /// Call it outside of what the stop has cancelled. It ends by `deadline` and never fails.
  package func lastAnswer(deadline: Deadline) async -> String {
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

  private var reason: String {
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

/// What is known when a session ends early.
private struct LastAnswerView: Sendable {
  /// The meta-agent's answer, when it had given one.
  let answer: String?
  let steps: Int
  private let request: String
  private let results: [(title: String, text: String)]
  private let unfinished: Int

  init(_ state: SessionState) {
    let root = state.tasks[.root]
    answer = root?.status == .completed ? root?.result : nil
    steps = root?.steps ?? 0
    request = root?.prompt ?? state.session?.request ?? ""
    let tasks = state.delegatedTasks.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    var results = tasks.compactMap { task -> (title: String, text: String)? in
      let text = task.result ?? task.transcript?.known ?? ""
      guard !text.isEmpty else { return nil }
      let state = task.status == .completed ? "" : ", not finished"
      return ("\(task.agentID): \(task.prompt.cut(to: 120)) (\(task.id)\(state))", text)
    }
    if results.isEmpty, let known = root?.transcript?.known, !known.isEmpty { results = [("meta", known)] }
    self.results = results
    unfinished = tasks.count { $0.status != .completed }
  }

  func messages(reason: String, bytes: Int) -> [Message] {
    let each = max(100, bytes / max(1, results.count))
    let list = results.map { "## \($0.title)\n\($0.text.cut(to: each))" }.joined(separator: "\n\n").cut(to: bytes)
    return [
      .system(SystemPrompts.lastAnswer(reason: reason.cut(to: 200))),
      .user("Request:\n\(request.cut(to: bytes / 2))\n\nResults:\n\n\(list.isEmpty ? "none" : list)"),
    ]
  }

  func text(reason: String) -> String {
    var parts = ["The session ended before the work was done: \(reason)."]
    if results.isEmpty {
      parts.append("There are no results.")
    } else {
      parts.append("Results so far:")
      parts += results.prefix(200).map { "## \($0.title)\n\n\($0.text.cut(to: 4_000))" }
    }
    if unfinished > 0 { parts.append("Tasks not finished: \(unfinished).") }
    return parts.joined(separator: "\n\n")
  }
}
