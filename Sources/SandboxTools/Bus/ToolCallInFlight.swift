package import SandboxCore

/// A call that has been made and has no result yet: it waits for admission, runs, or waits for another attempt.
package struct ToolCallInFlight: Sendable, Hashable {
  package let callID: CallID
  package let agentID: AgentID
  package let tool: String
  /// On the session's monotonic clock.
  package let since: Duration
}
