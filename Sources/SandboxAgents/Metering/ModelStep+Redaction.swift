import SandboxCore

extension ModelStep {
  /// The step as it may be sent: without secrets, whatever its texts were made of.
  func redacted(by redactor: Redactor) -> ModelStep {
    let isClean = messages.allSatisfy(redactor.isClean) && tools.specifications.allSatisfy(redactor.isClean)
    return isClean ? self : ModelStep(self, redactedBy: redactor)
  }

  private init(_ step: ModelStep, redactedBy redactor: Redactor) {
    taskID = step.taskID
    agentID = step.agentID
    number = step.number
    messages = step.messages.map(redactor.redact)
    tools = step.tools.redacted(by: redactor)
    isFinalAnswer = step.isFinalAnswer
    maxOutputTokens = step.maxOutputTokens
    // The mask can be longer than what it hides.
    promptCeiling = max(step.promptCeiling, PromptCeiling.tokens(of: messages) + tools.ceiling)
  }
}

extension Redactor {
  fileprivate func isClean(_ message: Message) -> Bool {
    switch message {
    case .system(let text), .user(let text): isClean(text)
    case .toolResult(let result): isClean(result.text)
    case .assistant(let message):
      isClean(message.text) && message.toolCalls.allSatisfy { isClean($0.arguments) && isClean($0.name) }
    }
  }

  fileprivate func isClean(_ tool: ToolSpecification) -> Bool { isClean(tool.description) && isClean(tool.parameters) }

  /// Ids stay: they are ours, or the provider's own.
  fileprivate func redact(_ message: Message) -> Message {
    switch message {
    case .system(let text): .system(redact(text))
    case .user(let text): .user(redact(text))
    case .toolResult(let result):
      .toolResult(
        ToolResultMessage(
          callID: result.callID, providerID: result.providerID, text: redact(result.text), isError: result.isError))
    case .assistant(let message):
      .assistant(
        AssistantMessage(
          text: redact(message.text),
          toolCalls: message.toolCalls.map { call in
            ToolCallRequest(
              id: call.id, providerID: call.providerID, name: redact(call.name), arguments: redact(call.arguments))
          }))
    }
  }
}
