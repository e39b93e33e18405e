package struct PlanCreated: Sendable, Hashable, Codable {
  package let plan: Plan
  package let taskID: TaskID

  package init(plan: Plan, taskID: TaskID) {
    self.plan = plan
    self.taskID = taskID
  }
}

package struct TaskCreated: Sendable, Hashable, Codable {
  package let taskID: TaskID
  /// Nil for the meta-agent's own task.
  package let parent: TaskID?
  package let agentID: AgentID
  /// What to do, as the delegating agent put it.
  package let prompt: String
  package let planID: String?
  package let stepID: String?
  package let dependencies: [TaskID]
  package let limit: BudgetLimit

  package init(
    taskID: TaskID, parent: TaskID?, agentID: AgentID, prompt: String, planID: String? = nil, stepID: String? = nil,
    dependencies: [TaskID] = [], limit: BudgetLimit = .none
  ) {
    self.taskID = taskID
    self.parent = parent
    self.agentID = agentID
    self.prompt = prompt
    self.planID = planID
    self.stepID = stepID
    self.dependencies = dependencies
    self.limit = limit
  }
}

package struct TaskStarted: Sendable, Hashable, Codable {
  package let taskID: TaskID
  package let model: String
  package let system: String
  /// The first message: the task and what it depends on.
  package let prompt: String
  package let tools: [ToolID]

  package init(taskID: TaskID, model: String, system: String, prompt: String, tools: [ToolID]) {
    self.taskID = taskID
    self.model = model
    self.system = system
    self.prompt = prompt
    self.tools = tools
  }
}

package struct TaskFinished: Sendable, Hashable, Codable {
  package let taskID: TaskID
  package let status: TaskStatus
  package let result: String?
  package let error: ErrorRecord?

  package init(taskID: TaskID, status: TaskStatus, result: String? = nil, error: ErrorRecord? = nil) {
    self.taskID = taskID
    self.status = status
    self.result = result
    self.error = error
  }
}

/// An error as it is kept: data, not an object.
package struct ErrorRecord: Sendable, Hashable, Codable {
  package let code: SandboxError.Code
  package let message: String

  package init(code: SandboxError.Code, message: String) {
    self.code = code
    self.message = message
  }

  package init(_ error: SandboxError) { self.init(code: error.code, message: error.description) }
}

package struct TranscriptNoted: Sendable, Hashable, Codable {
  package let taskID: TaskID
  package let note: String

  package init(taskID: TaskID, note: String) {
    self.taskID = taskID
    self.note = note
  }
}
