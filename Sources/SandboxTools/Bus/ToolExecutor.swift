package import SandboxCore

/// Runs one attempt of one tool. Admission, retries, timeout and records are the bus's business.
///
/// An executor must react to cancellation soon: that is how its timeout reaches it.
package protocol ToolExecutor: Sendable {
  /// - Throws: ``SandboxError``: `retry` says whether another attempt may help. A tool that ran and reported failure
  ///   throws `.toolFailed` with what it said.
  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput
}

/// One attempt at a call whose arguments have been validated.
package struct ToolInvocation: Sendable {
  package let callID: CallID
  package let taskID: TaskID
  package let agentID: AgentID
  package let definition: ToolDefinition
  package let arguments: JSONValue
  package let attempt: Int
  /// The time this attempt has.
  package let timeout: Duration

  package init(
    callID: CallID, taskID: TaskID, agentID: AgentID, definition: ToolDefinition, arguments: JSONValue, attempt: Int,
    timeout: Duration
  ) {
    self.callID = callID
    self.taskID = taskID
    self.agentID = agentID
    self.definition = definition
    self.arguments = arguments
    self.attempt = attempt
    self.timeout = timeout
  }
}

/// What a tool returned.
package struct ToolOutput: Sendable, Hashable {
  /// JSON text or plain text, not yet bounded.
  package let text: String
  /// How much there was before the executor itself cut it.
  package let totalBytes: Int
  /// What the call did that watchers are told, as `terminal` or `file_change`.
  package let announcements: [Announcement]

  package init(text: String, totalBytes: Int? = nil, announcements: [Announcement] = []) {
    self.text = text
    self.totalBytes = totalBytes ?? text.utf8.count
    self.announcements = announcements
  }

  package init(json: JSONValue, announcements: [Announcement] = []) {
    self.init(text: json.text(.compact), announcements: announcements)
  }
}
