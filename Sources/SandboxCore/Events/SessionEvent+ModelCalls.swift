/// The intent of one attempt at a model call, with the worst case it may cost.
package struct ModelCallStarted: Sendable, Hashable, Codable {
  /// `task/step`, from the second attempt on with `#attempt`: each attempt can be billed.
  package let callID: CallID
  package let taskID: TaskID
  package let agentID: AgentID
  package let model: String
  package let step: Int
  package let attempt: Int
  package let reservation: Amount
  package let isFinalAnswer: Bool

  package init(
    callID: CallID, taskID: TaskID, agentID: AgentID, model: String, step: Int, attempt: Int, reservation: Amount,
    isFinalAnswer: Bool = false
  ) {
    self.callID = callID
    self.taskID = taskID
    self.agentID = agentID
    self.model = model
    self.step = step
    self.attempt = attempt
    self.reservation = reservation
    self.isFinalAnswer = isFinalAnswer
  }
}

package struct ModelCallCompleted: Sendable, Hashable, Codable {
  package let callID: CallID
  package let taskID: TaskID
  package let message: AssistantMessage
  package let finishReason: String
  package let usage: TokenUsage
  package let cost: Money
  package let requestID: String?
  package let durationMilliseconds: Int64

  package init(
    callID: CallID, taskID: TaskID, message: AssistantMessage, finishReason: String, usage: TokenUsage, cost: Money,
    requestID: String?, durationMilliseconds: Int64
  ) {
    self.callID = callID
    self.taskID = taskID
    self.message = message
    self.finishReason = finishReason
    self.usage = usage
    self.cost = cost
    self.requestID = requestID
    self.durationMilliseconds = durationMilliseconds
  }
}

package struct ModelCallFailed: Sendable, Hashable, Codable {
  package let callID: CallID
  package let taskID: TaskID
  package let error: ErrorRecord
  /// What the attempt is charged: nothing when the provider certainly did no work, its whole reservation when that is
  /// not known.
  package let charged: Amount
  package let willRetry: Bool

  package init(callID: CallID, taskID: TaskID, error: ErrorRecord, charged: Amount, willRetry: Bool) {
    self.callID = callID
    self.taskID = taskID
    self.error = error
    self.charged = charged
    self.willRetry = willRetry
  }
}
