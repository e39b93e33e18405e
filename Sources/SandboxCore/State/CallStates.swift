package struct ModelCallState: Sendable, Hashable, Codable {
  package let started: ModelCallStarted
  package internal(set) var status: ExecutionStatus = .executing
  package internal(set) var usage = TokenUsage()
  package internal(set) var cost: Money = .zero
  package internal(set) var error: ErrorRecord?

  init(_ started: ModelCallStarted) { self.started = started }
}

/// A tool call's record (the documents' ToolExecution).
package struct ToolExecution: Sendable, Hashable, Codable {
  package let id: CallID
  package let taskID: TaskID
  package let agentID: AgentID
  package let toolID: ToolID
  package let toolVersion: String
  package let category: String
  package let effect: ToolEffect
  package let arguments: JSONValue
  package let parentCallID: CallID?
  package let maxRetries: Int
  package let startedAt: Int64
  package internal(set) var status: ExecutionStatus
  package internal(set) var attempts: Int
  package internal(set) var endedAt: Int64?
  package internal(set) var durationMilliseconds: Int64 = 0
  package internal(set) var output = ""
  package internal(set) var outputBytes = 0
  package internal(set) var isTruncated = false
  package internal(set) var error: ErrorRecord?
  package internal(set) var cost: Money = .zero
  /// The call that was made instead.
  package internal(set) var fallback: ToolFallback?
  /// What held back the program that ran; nil when none did.
  package internal(set) var isolation: String?

  init(_ event: ToolCallStarted, at time: Int64) {
    id = event.callID
    taskID = event.taskID
    agentID = event.agentID
    toolID = event.toolID
    toolVersion = event.toolVersion
    category = event.category
    effect = event.effect
    arguments = event.arguments
    parentCallID = event.parentCallID
    maxRetries = event.maxRetries
    startedAt = time
    status = .executing
    attempts = 1
  }

  init(_ event: ToolCallRefused, at time: Int64) {
    id = event.callID
    taskID = event.taskID
    agentID = event.agentID
    toolID = event.toolID
    toolVersion = ""
    category = ""
    effect = .pure
    arguments = event.arguments
    parentCallID = event.parentCallID
    maxRetries = 0
    startedAt = time
    status = .failed
    attempts = 0
    endedAt = time
    error = event.error
    fallback = event.fallback
  }
}

package struct OutboxState: Sendable, Hashable, Codable {
  package let item: OutboxItem
  package internal(set) var attempts = 0
  package internal(set) var isAcknowledged = false
  package internal(set) var error: ErrorRecord?

  init(_ item: OutboxItem) { self.item = item }
}
