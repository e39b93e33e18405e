/// Where a session's status and results go.
///
/// Every call may be repeated with the same content: an endpoint that can be asked twice must end up as if it had been
/// asked once.
package protocol CloudEndpoint: Sendable {
  /// For logs and `status.json`; contains no credential.
  var name: String { get }

  /// The session's configuration as the cloud knows it, or nil when the endpoint keeps none.
  func configuration(of session: SessionID) async throws(SandboxError) -> JSONValue?

  /// Tells the phase the session is in. The caller goes on when it fails.
  func update(_ status: StatusUpdate) async throws(SandboxError)

  /// Hands over everything the session made; returns once the endpoint has acknowledged all of it.
  func deliver(
    _ results: ResultDelivery, idempotencyKey: String, contents: any BlobStore
  ) async throws(SandboxError)
}

/// The phase of a session as it is told to the cloud.
package struct StatusUpdate: Sendable, Hashable, Codable {
  package let sessionID: SessionID
  package let phase: SessionPhase
  /// The journal's number of the transition; later ones are larger.
  package let sequence: Int64
  /// Milliseconds since 1970 of the transition.
  package let time: Int64
  package let reason: String
  package let outcome: String?
  /// Who or what cancelled, when somebody did.
  package let cancelledBy: String?

  package init(
    sessionID: SessionID, phase: SessionPhase, sequence: Int64, time: Int64, reason: String, outcome: String? = nil,
    cancelledBy: String? = nil
  ) {
    self.sessionID = sessionID
    self.phase = phase
    self.sequence = sequence
    self.time = time
    self.reason = reason
    self.outcome = outcome
    self.cancelledBy = cancelledBy
  }
}

/// All that is handed over at the end, also when the session was stopped: then it is what there is.
package struct ResultDelivery: Sendable, Hashable, Codable {
  package let sessionID: SessionID
  package let workspaceID: String
  /// The answer, or what is known when there is none.
  package let answer: String
  package let artifacts: [Artifact]
  package let metrics: FinalMetrics
  /// `completed`, or why it stopped.
  package let outcome: String
  package let error: String?

  package init(
    sessionID: SessionID, workspaceID: String, answer: String, artifacts: [Artifact], metrics: FinalMetrics,
    outcome: String, error: String?
  ) {
    self.sessionID = sessionID
    self.workspaceID = workspaceID
    self.answer = answer
    self.artifacts = artifacts
    self.metrics = metrics
    self.outcome = outcome
    self.error = error
  }
}

/// The session's figures under the names that the documents give them.
package struct FinalMetrics: Sendable, Hashable, Codable {
  package let totalTokensUsed: Int
  package let totalCost: Money
  package let toolExecutions: Int
  package let toolErrors: Int
  package let durationMilliseconds: Int64
  package let tasksCompleted: Int
  package let tasksFailed: Int

  package init(
    totalTokensUsed: Int, totalCost: Money, toolExecutions: Int, toolErrors: Int, durationMilliseconds: Int64,
    tasksCompleted: Int, tasksFailed: Int
  ) {
    self.totalTokensUsed = totalTokensUsed
    self.totalCost = totalCost
    self.toolExecutions = toolExecutions
    self.toolErrors = toolErrors
    self.durationMilliseconds = durationMilliseconds
    self.tasksCompleted = tasksCompleted
    self.tasksFailed = tasksFailed
  }
}
