/// The whole state of a session: the fold of its journal. Two states with the same journal are equal.
package struct SessionState: Sendable, Hashable, Codable {
  package internal(set) var session: SessionCreated?
  package internal(set) var lifecycle = Lifecycle()
  package internal(set) var stop: StopReason?
  package internal(set) var tools: ToolsLoaded?
  package internal(set) var plans: [Plan] = []
  package internal(set) var tasks: [TaskID: TaskState] = [:]
  package internal(set) var modelCalls: [CallID: ModelCallState] = [:]
  package internal(set) var executions: [CallID: ToolExecution] = [:]
  /// Execution ids in the order in which they began.
  package internal(set) var executionOrder: [CallID] = []
  package internal(set) var blackboard: [String: [String: BlackboardEntry]] = [:]
  package internal(set) var artifacts: [Artifact] = []
  package internal(set) var outbox: [OutboxState] = []
  package internal(set) var budget = Budget(limit: .none)
  package internal(set) var metrics = Metrics()
  package internal(set) var metricsByAgent: [AgentID: Metrics] = [:]
  /// The number of the last event that was applied.
  package internal(set) var sequence: Int64 = 0
  package internal(set) var firstEventAt: Int64 = 0
  package internal(set) var lastEventAt: Int64 = 0

  package init() {}

  /// Applies events to an empty state.
  package static func fold(_ records: some Sequence<EventRecord>) -> SessionState {
    var state = SessionState()
    for record in records { state.evolve(record) }
    return state
  }

  package func blackboardEntry(_ key: BlackboardKey) -> BlackboardEntry? { blackboard[key.namespace]?[key.key] }

  /// Tasks other than the meta-agent's own.
  package var delegatedTasks: [TaskState] { tasks.values.filter { $0.id != .root } }
}
