package import SandboxCore

/// `result.json`: what the session made of its request. Written before the status becomes terminal.
package enum ResultDocument {
  package static func json(of state: SessionState, outcome: Outcome, answer: String) -> JSONValue {
    var object: JSONObject = [
      "sessionId": .string(state.session?.sessionID.rawValue ?? ""),
      "state": .string(outcome.phase.rawValue),
      "outcome": .string(outcome.name),
      "exitCode": .int(Int64(outcome.exitCode.rawValue)),
      "reason": outcome.stop.map { ["kind": .string($0.kind.rawValue), "detail": .string($0.detail)] } ?? .null,
      "request": .string(state.session?.request ?? ""),
      "answer": .string(answer),
    ]
    object["artifacts"] = .array(state.artifacts.map(artifact))
    object["outputDocumentIds"] = ids(of: .document, in: state)
    object["canvasArtifactIds"] = ids(of: .canvas, in: state)
    object["tasks"] = .array(
      state.delegatedTasks.sorted { $0.createdAt == $1.createdAt ? $0.id < $1.id : $0.createdAt < $1.createdAt }.map(
        task))
    object["usage"] = metrics(state.metrics)
    object["usageByAgent"] = .object(
      state.metricsByAgent.sorted { $0.key < $1.key }.reduce(into: JSONObject()) {
        $0[$1.key.rawValue] = metrics($1.value)
      })
    object["durationMs"] = .int(state.durationMilliseconds)
    object["synced"] = .bool(outcome.isSynced)
    return .object(object)
  }

  private static func artifact(_ artifact: Artifact) -> JSONValue {
    [
      "id": .string(artifact.id.rawValue), "name": .string(artifact.name), "type": .string(artifact.kind.rawValue),
      "mediaType": .string(artifact.mediaType), "title": .string(artifact.title),
      "path": .string("artifacts/\(artifact.name)"), "size": .int(Int64(artifact.content.size)),
      "sha256": .string(artifact.content.sha256), "author": .string(artifact.author.rawValue),
      "madeBy": .array(artifact.madeBy.map { .string($0.rawValue) }), "version": .int(Int64(artifact.version)),
    ]
  }

  private static func ids(of kind: Artifact.Kind, in state: SessionState) -> JSONValue {
    .array(state.artifacts.filter { $0.kind == kind }.map { .string($0.id.rawValue) })
  }

  private static func task(_ task: TaskState) -> JSONValue {
    [
      "id": .string(task.id.rawValue), "agent": .string(task.agentID.rawValue), "status": .string(task.status.rawValue),
      "task": .string(task.prompt), "plan": task.planID.map { .string($0) } ?? .null,
      "step": task.stepID.map { .string($0) } ?? .null, "result": task.result.map { .string($0) } ?? .null,
      "error": task.error.map { ["code": .string($0.code.rawValue), "message": .string($0.message)] } ?? .null,
    ]
  }

  private static func metrics(_ metrics: Metrics) -> JSONValue {
    [
      "inputTokens": .int(Int64(metrics.usage.input)), "outputTokens": .int(Int64(metrics.usage.output)),
      "cachedInputTokens": .int(Int64(metrics.usage.cachedInput)),
      "reasoningTokens": .int(Int64(metrics.usage.reasoning)), "totalTokens": .int(Int64(metrics.tokensUsed)),
      "costUsd": .double(metrics.cost.dollars), "modelCalls": .int(Int64(metrics.modelCalls)),
      "modelErrors": .int(Int64(metrics.modelErrors)), "toolExecutions": .int(Int64(metrics.toolExecutions)),
      "toolErrors": .int(Int64(metrics.toolErrors)), "tasksCompleted": .int(Int64(metrics.tasksCompleted)),
      "tasksFailed": .int(Int64(metrics.tasksFailed)),
    ]
  }
}
