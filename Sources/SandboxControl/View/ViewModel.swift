package import SandboxCore

/// What the live view shows of a session. Texts are as they came; they are made safe when they are drawn.
package struct ViewModel: Sendable, Hashable {
  package var session = ""
  package var phase: SessionPhase = .pending
  /// Why the session is stopping, if it is.
  package var stop: String?
  package var planDescription = ""
  package var steps: [Step] = []
  package var agents: [Agent] = []
  package var toolsRunning = 0
  package var toolsFinished = 0
  package var toolsFailed = 0
  /// The last calls, oldest first.
  package var calls: [Call] = []
  package var spend = Spend()

  package init() {}

  package struct Step: Sendable, Hashable {
    package var id: String
    package var agent: String
    package var title: String
    package var status: TaskStatus

    package init(id: String, agent: String, title: String, status: TaskStatus) {
      self.id = id
      self.agent = agent
      self.title = title
      self.status = status
    }
  }

  /// A task that is running, by the agent that works on it.
  package struct Agent: Sendable, Hashable {
    package var name: String
    package var task: String
    /// The model step it is in, counted from 1.
    package var step: Int

    package init(name: String, task: String, step: Int) {
      self.name = name
      self.task = task
      self.step = step
    }
  }

  package struct Call: Sendable, Hashable {
    package var tool: String
    /// Its arguments, or its error.
    package var detail: String
    package var status: ExecutionStatus
    package var duration: Duration?

    package init(tool: String, detail: String, status: ExecutionStatus, duration: Duration? = nil) {
      self.tool = tool
      self.detail = detail
      self.status = status
      self.duration = duration
    }
  }
}
