import SandboxCore

/// A task as it is handed to a sub-agent.
struct TaskOrder: Sendable {
  let id: TaskID
  let parent: TaskID
  let agentID: AgentID
  let task: String
  var planID: String?
  var stepID: String?
  var dependencies: [TaskID] = []

  /// The name of a task that a call asked for: `root.1-0` for call `root/1.0`. The same call names the same task again
  /// after a restart, and so finds it.
  static func id(for call: CallID) -> TaskID {
    let text = call.rawValue
    guard let slash = text.lastIndex(of: "/") else { return TaskID("\(text).0") }
    let suffix = text[text.index(after: slash)...].replacing(".", with: "-")
    return TaskID("\(text[..<slash]).\(suffix)")
  }

  func created(limit: BudgetLimit) -> SessionEvent {
    .taskCreated(
      TaskCreated(
        taskID: id, parent: parent, agentID: agentID, prompt: task, planID: planID, stepID: stepID,
        dependencies: dependencies, limit: limit))
  }
}
