/// Counters of the whole session, or of one agent.
package struct Metrics: Sendable, Hashable, Codable {
  package internal(set) var usage = TokenUsage()
  package internal(set) var cost: Money = .zero
  package internal(set) var modelCalls = 0
  package internal(set) var modelErrors = 0
  package internal(set) var toolExecutions = 0
  package internal(set) var toolErrors = 0
  package internal(set) var tasksCompleted = 0
  package internal(set) var tasksFailed = 0
  package internal(set) var iterations = 0

  package init() {}

  package var tokensUsed: Int { usage.total }
}
