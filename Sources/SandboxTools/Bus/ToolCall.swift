package import SandboxCore

/// A call as an agent makes it.
package struct ToolCall: Sendable, Hashable {
  package let id: CallID
  package let taskID: TaskID
  package let agentID: AgentID
  /// The tool's id or name.
  package let tool: String
  /// The text as the model wrote it; empty counts as `{}`.
  package let arguments: String
  package let parentCallID: CallID?

  package init(
    id: CallID, taskID: TaskID, agentID: AgentID, tool: String, arguments: String, parentCallID: CallID? = nil
  ) {
    self.id = id
    self.taskID = taskID
    self.agentID = agentID
    self.tool = tool
    self.arguments = arguments
    self.parentCallID = parentCallID
  }
}

/// What the agent gets back; failure is data that a model can read.
package struct ToolCallResult: Sendable, Hashable {
  package let callID: CallID
  package let text: String
  package let error: ErrorRecord?

  package var isError: Bool { error != nil }

  package init(callID: CallID, text: String, error: ErrorRecord? = nil) {
    self.callID = callID
    self.text = text
    self.error = error
  }
}
