import SandboxCore

/// What is known when a session ends early.
struct LastAnswerView: Sendable {
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
