package import SandboxCore

/// One question to a model, as part of a task.
package struct ModelStep: Sendable {
  package let taskID: TaskID
  package let agentID: AgentID
  /// From 1: the model steps of this task that were answered before, plus one.
  package let number: Int
  package let messages: [Message]
  package let tools: ToolOffer
  /// Most tokens that the prompt can have.
  let promptCeiling: Int
  /// The last answer of a session: it may use what is kept back, and fails at once instead of waiting for money.
  let isFinalAnswer: Bool
  /// A cap on the reply's tokens below the session's own.
  let maxOutputTokens: Int?

  package init(
    taskID: TaskID, agentID: AgentID, number: Int, messages: [Message], tools: ToolOffer,
    isFinalAnswer: Bool = false, maxOutputTokens: Int? = nil
  ) {
    self.taskID = taskID
    self.agentID = agentID
    self.number = number
    self.messages = messages
    self.tools = tools
    self.isFinalAnswer = isFinalAnswer
    self.maxOutputTokens = maxOutputTokens
    promptCeiling = PromptCeiling.tokens(of: messages) + tools.ceiling
  }

  /// The next step of a task whose transcript is in the log.
  ///
  /// - Returns: nil when the task has not been started.
  init?(next taskID: TaskID, tools: ToolOffer, in state: SessionState) {
    guard let task = state.tasks[taskID], let transcript = task.transcript else { return nil }
    self.taskID = taskID
    agentID = task.agentID
    number = task.steps + 1
    messages = transcript.messages
    self.tools = tools
    isFinalAnswer = false
    maxOutputTokens = nil
    let inBytes = PromptCeiling.tokens(of: messages) + tools.ceiling
    guard let counted = Self.counted(task, in: state), let last = transcript.turns.last else {
      promptCeiling = inBytes
      return
    }
    let added = messages.suffix(1 + last.results.count + (last.note == nil ? 0 : 1))
    promptCeiling = min(inBytes, counted.addingSaturating(PromptCeiling.tokens(of: added)))
  }

  /// How many tokens the provider counted in the prompt of the task's last answered step.
  private static func counted(_ task: TaskState, in state: SessionState) -> Int? {
    for attempt in 1...64 {
      guard let call = state.modelCalls[MeteredModel.callID(task.id, step: task.steps, attempt: attempt)] else {
        return nil
      }
      if call.status == .completed { return call.usage.input > 0 ? call.usage.input : nil }
    }
    return nil
  }
}
