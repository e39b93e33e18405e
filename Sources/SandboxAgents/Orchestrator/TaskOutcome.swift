import SandboxCore

/// How a task ended.
struct TaskOutcome: Sendable {
  let status: TaskStatus
  /// The result, or what is known when there is none.
  let text: String
  let error: ErrorRecord?

  init(_ status: TaskStatus, text: String = "", error: ErrorRecord? = nil) {
    self.status = status
    self.text = text
    self.error = error
  }

  /// How a task of the log ended; nil while it has not.
  init?(_ task: TaskState) {
    guard task.status.isFinal else { return nil }
    self.init(task.status, text: task.result ?? "", error: task.error)
  }
}

extension TaskOutcome {
  init(_ result: AgentResult) {
    switch result.status {
    case .completed: self.init(.completed, text: result.text)
    case .failed(let detail):
      self.init(.failed, text: result.text, error: ErrorRecord(code: .invalidResponse, message: detail))
    case .stopped(_, let detail):
      self.init(.failed, text: result.text, error: ErrorRecord(code: .limitExceeded, message: detail))
    }
  }
}
