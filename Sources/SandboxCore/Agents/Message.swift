/// One message of a transcript, independent of any provider's wire format.
package enum Message: Sendable, Hashable, Codable {
  case system(String)
  case user(String)
  case assistant(AssistantMessage)
  case toolResult(ToolResultMessage)
}

/// What a model answered: text, tool calls, or both.
package struct AssistantMessage: Sendable, Hashable, Codable {
  package let text: String
  package let toolCalls: [ToolCallRequest]

  package init(text: String, toolCalls: [ToolCallRequest] = []) {
    self.text = text
    self.toolCalls = toolCalls
  }
}

/// One call that a model asked for. `arguments` is the text as it came, which need not be JSON.
package struct ToolCallRequest: Sendable, Hashable, Codable {
  /// Ours, deterministic.
  package let id: CallID
  /// The provider's, under which the result must be answered.
  package let providerID: String
  package let name: String
  package let arguments: String

  package init(id: CallID, providerID: String, name: String, arguments: String) {
    self.id = id
    self.providerID = providerID
    self.name = name
    self.arguments = arguments
  }
}

package struct ToolResultMessage: Sendable, Hashable, Codable {
  package let callID: CallID
  package let providerID: String
  package let text: String
  package let isError: Bool

  package init(callID: CallID, providerID: String, text: String, isError: Bool) {
    self.callID = callID
    self.providerID = providerID
    self.text = text
    self.isError = isError
  }
}
