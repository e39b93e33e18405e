package import SandboxCore

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
  /// How far the replies to a request may lead: no further than to its own host when a policy has rules about hosts,
  /// because these were asked about that one.
  package let redirects: HTTPRedirects
  /// What an executor clears texts by before it cuts them: of half a secret nobody can tell later that it is one.
  package let redactor: Redactor
  /// To be awaited before each request to the tool's other side after the first: it counts for the session's calls per
  /// minute like a call. Throws `.cancelled` when the task is cancelled while it waits.
  package let admitRequest: @Sendable () async throws(SandboxError) -> Void
  /// Tells watchers how far the attempt is. Returns at once; may be called as often as the other side reports.
  package let progress: @Sendable (ToolProgress) -> Void

  package init(
    callID: CallID, taskID: TaskID, agentID: AgentID, definition: ToolDefinition, arguments: JSONValue, attempt: Int,
    timeout: Duration, redirects: HTTPRedirects = .follow, redactor: Redactor = .shapesOnly,
    admitRequest: @escaping @Sendable () async throws(SandboxError) -> Void = {},
    progress: @escaping @Sendable (ToolProgress) -> Void = { _ in }
  ) {
    self.callID = callID
    self.taskID = taskID
    self.agentID = agentID
    self.definition = definition
    self.arguments = arguments
    self.attempt = attempt
    self.timeout = timeout
    self.redirects = redirects
    self.redactor = redactor
    self.admitRequest = admitRequest
    self.progress = progress
  }
}
