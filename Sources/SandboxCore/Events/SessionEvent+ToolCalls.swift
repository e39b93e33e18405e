/// The intent of a tool call: committed before the tool runs.
package struct ToolCallStarted: Sendable, Hashable, Codable {
  package let callID: CallID
  package let taskID: TaskID
  package let agentID: AgentID
  package let toolID: ToolID
  package let toolVersion: String
  package let category: String
  package let effect: ToolEffect
  package let arguments: JSONValue
  /// The call that made this one, as `execute_tool` does.
  package let parentCallID: CallID?
  package let reservation: Amount
  package let maxRetries: Int

  package init(
    callID: CallID, taskID: TaskID, agentID: AgentID, toolID: ToolID, toolVersion: String, category: String,
    effect: ToolEffect, arguments: JSONValue, parentCallID: CallID?, reservation: Amount, maxRetries: Int
  ) {
    self.callID = callID
    self.taskID = taskID
    self.agentID = agentID
    self.toolID = toolID
    self.toolVersion = toolVersion
    self.category = category
    self.effect = effect
    self.arguments = arguments
    self.parentCallID = parentCallID
    self.reservation = reservation
    self.maxRetries = maxRetries
  }
}

/// An attempt failed and the next one is about to start.
package struct ToolCallRetried: Sendable, Hashable, Codable {
  package let callID: CallID
  /// The attempt that starts now; the first was 1.
  package let attempt: Int
  package let error: ErrorRecord
  package let delayMilliseconds: Int64

  package init(callID: CallID, attempt: Int, error: ErrorRecord, delayMilliseconds: Int64) {
    self.callID = callID
    self.attempt = attempt
    self.error = error
    self.delayMilliseconds = delayMilliseconds
  }
}

package struct ToolCallCompleted: Sendable, Hashable, Codable {
  package let callID: CallID
  package let taskID: TaskID
  package let status: ExecutionStatus
  /// Bounded; what the model reads.
  package let output: String
  package let error: ErrorRecord?
  package let cost: Money
  package let outputBytes: Int
  package let isTruncated: Bool
  package let durationMilliseconds: Int64
  /// The call that is made instead; its result is the answer to this one.
  package let fallback: ToolFallback?
  /// What held back the program that ran; nil when none did.
  package let isolation: String?

  package init(
    callID: CallID, taskID: TaskID, status: ExecutionStatus, output: String, error: ErrorRecord?, cost: Money,
    outputBytes: Int, isTruncated: Bool, durationMilliseconds: Int64, fallback: ToolFallback? = nil,
    isolation: String? = nil
  ) {
    self.callID = callID
    self.taskID = taskID
    self.status = status
    self.output = output
    self.error = error
    self.cost = cost
    self.outputBytes = outputBytes
    self.isTruncated = isTruncated
    self.durationMilliseconds = durationMilliseconds
    self.fallback = fallback
    self.isolation = isolation
  }
}

/// A call of another tool that is made because one failed.
package struct ToolFallback: Sendable, Hashable, Codable {
  package let callID: CallID
  package let toolID: ToolID

  /// The most calls that are made instead of one.
  package static let maximum = 5

  package init(callID: CallID, toolID: ToolID) {
    self.callID = callID
    self.toolID = toolID
  }
}

/// A call that was refused before anything ran: unknown tool, invalid arguments, a limit.
package struct ToolCallRefused: Sendable, Hashable, Codable {
  package let callID: CallID
  package let taskID: TaskID
  package let agentID: AgentID
  package let toolID: ToolID
  package let arguments: JSONValue
  package let error: ErrorRecord
  package let parentCallID: CallID?
  /// The call that is made instead; its result is the answer to this one.
  package let fallback: ToolFallback?

  package init(
    callID: CallID, taskID: TaskID, agentID: AgentID, toolID: ToolID, arguments: JSONValue, error: ErrorRecord,
    parentCallID: CallID? = nil, fallback: ToolFallback? = nil
  ) {
    self.callID = callID
    self.taskID = taskID
    self.agentID = agentID
    self.toolID = toolID
    self.arguments = arguments
    self.error = error
    self.parentCallID = parentCallID
    self.fallback = fallback
  }
}
