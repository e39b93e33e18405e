/// Everything a session is held to. Values only: they are enforced at the session deadline, at ToolBus admission and in
/// the metered model, and nowhere else.
package struct ExecutionLimits: Sendable, Hashable, Codable {
  package var maxDurationMilliseconds: Int64 = 1_800_000
  /// Tools that run at the same time.
  package var maxConcurrentTools = 3
  package var maxConcurrentAgents = 8
  /// Model and API-tool calls in any 60 seconds, over the whole session; nil is no limit.
  package var maxCallsPerMinute: Int?
  /// The most tokens that one model reply may have.
  package var maxTokensPerRequest = 4_000
  package var tokenLimit: Int?
  package var costLimit: Money?
  /// Model steps of one agent run.
  package var maxIterations = 100
  /// How deep a task may delegate: the meta-agent is 0.
  package var maxDelegationDepth = 4
  /// Tasks in the whole tree.
  package var maxTasks = 10_000

  package init() {}

  package var maxDuration: Duration { .milliseconds(maxDurationMilliseconds) }
}
