package import SandboxCore

/// `status.json`: how the session stands, replaced each second and at each transition.
package struct StatusDocument: Sendable {
  let endpoint: String
  let isolation: JSONValue
  let processID: Int32

  package init(endpoint: String, isolation: JSONValue, processID: Int32) {
    self.endpoint = endpoint
    self.isolation = isolation
    self.processID = processID
  }

  /// - Parameter ending: how it ended when the journal cannot tell, because it broke or there was no time.
  package func json(of state: SessionState, now: Int64, ending: Outcome? = nil) -> JSONValue {
    let outcome = ending ?? state.lifecycle.outcome
    let limits = state.session?.limits ?? ExecutionLimits()
    let account = state.budget.session
    var object: JSONObject = [
      "sessionId": .string(state.session?.sessionID.rawValue ?? ""),
      "state": .string((ending?.phase ?? state.lifecycle.phase).rawValue),
      "outcome": outcome.map { .string($0.name) } ?? .null,
      "exitCode": outcome.map { .int(Int64($0.exitCode.rawValue)) } ?? .null,
      "reason": reason(outcome, state),
      "teardown": .string(state.lifecycle.teardown.rawValue),
      "pid": .int(Int64(processID)),
      "createdAt": .string(Timestamp.iso8601(milliseconds: state.firstEventAt)),
      "updatedAt": .string(Timestamp.iso8601(milliseconds: now)),
      "sequence": .int(state.sequence),
    ]
    object["counters"] = state.metricsJSON(now: outcome == nil ? now : state.lastEventAt)
    object["tasks"] = tasks(of: state)
    object["spend"] = [
      "cost": .double(account.spent.cost.dollars), "tokens": .int(Int64(account.spent.tokens)),
      "reservedCost": .double(account.reserved.cost.dollars), "reservedTokens": .int(Int64(account.reserved.tokens)),
    ]
    object["limits"] = Self.limits(limits)
    object["isolation"] = isolation
    object["sync"] = [
      "endpoint": .string(endpoint), "pending": .int(Int64(state.outbox.count { !$0.isAcknowledged })),
      "acknowledged": .bool(!state.outbox.isEmpty && state.isFullyAcknowledged),
      "lastError": (state.outbox.last { $0.error != nil }?.error?.message).map { .string($0) } ?? .null,
    ]
    return .object(object)
  }

  private func reason(_ outcome: Outcome?, _ state: SessionState) -> JSONValue {
    guard let stop = outcome?.stop ?? state.stop else { return .null }
    return ["kind": .string(stop.kind.rawValue), "detail": .string(stop.detail)]
  }

  private func tasks(of state: SessionState) -> JSONValue {
    var counts: [TaskStatus: Int64] = [:]
    for task in state.delegatedTasks { counts[task.status, default: 0] += 1 }
    var object = JSONObject()
    for status in [TaskStatus.pending, .running, .completed, .failed, .cancelled, .skipped] {
      object[status.rawValue] = .int(counts[status] ?? 0)
    }
    return .object(object)
  }

  static func limits(_ limits: ExecutionLimits) -> JSONValue {
    [
      "maxDurationMs": .int(limits.maxDurationMilliseconds),
      "costLimitUsd": limits.costLimit.map { .double($0.dollars) } ?? .null,
      "tokenLimit": limits.tokenLimit.map { .int(Int64($0)) } ?? .null,
      "maxTokensPerRequest": .int(Int64(limits.maxTokensPerRequest)),
      "maxConcurrentTools": .int(Int64(limits.maxConcurrentTools)),
      "maxConcurrentAgents": .int(Int64(limits.maxConcurrentAgents)),
      "maxCallsPerMinute": limits.maxCallsPerMinute.map { .int(Int64($0)) } ?? .null,
      "maxIterations": .int(Int64(limits.maxIterations)),
    ]
  }
}
