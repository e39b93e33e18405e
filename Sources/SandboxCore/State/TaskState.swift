package struct TaskState: Sendable, Hashable, Codable {
  package let id: TaskID
  package let parent: TaskID?
  package let agentID: AgentID
  package let prompt: String
  package let planID: String?
  package let stepID: String?
  package let dependencies: [TaskID]
  package internal(set) var status: TaskStatus = .pending
  package internal(set) var model = ""
  package internal(set) var tools: [ToolID] = []
  package internal(set) var transcript: Transcript?
  package internal(set) var result: String?
  package internal(set) var error: ErrorRecord?
  package let createdAt: Int64
  package internal(set) var finishedAt: Int64?
  /// Model steps that were answered.
  package internal(set) var steps = 0
  /// Tasks created below this one, for naming the next.
  package internal(set) var children = 0

  init(_ event: TaskCreated, at time: Int64) {
    id = event.taskID
    parent = event.parent
    agentID = event.agentID
    prompt = event.prompt
    planID = event.planID
    stepID = event.stepID
    dependencies = event.dependencies
    createdAt = time
  }

  /// How many delegations lie between this task and the meta-agent.
  package var depth: Int { id.rawValue.utf8.count { $0 == UInt8(ascii: ".") } }
}
