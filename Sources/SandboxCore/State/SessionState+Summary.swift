extension SessionState {
  /// Tasks that failed and were not made good: by an alternative of the same step, or by a later plan.
  package var unrecoveredFailures: [TaskState] {
    let lastPlan = plans.last?.id
    let recovered = Set(
      tasks.values.filter { $0.status == .completed && $0.stepID != nil }.map {
        "\($0.planID ?? "")/\($0.stepID ?? "")"
      })
    return delegatedTasks.filter { task in
      guard task.status.isFinal, task.status != .completed else { return false }
      if let plan = task.planID, plan != lastPlan { return false }
      return !recovered.contains("\(task.planID ?? "")/\(task.stepID ?? "")") || task.stepID == nil
    }.sorted { $0.id < $1.id }
  }

  /// Milliseconds from the first event to the last.
  package var durationMilliseconds: Int64 { max(0, lastEventAt - firstEventAt) }

  package var finalMetrics: FinalMetrics {
    FinalMetrics(
      totalTokensUsed: metrics.tokensUsed, totalCost: metrics.cost, toolExecutions: metrics.toolExecutions,
      toolErrors: metrics.toolErrors, durationMilliseconds: durationMilliseconds,
      tasksCompleted: metrics.tasksCompleted, tasksFailed: metrics.tasksFailed)
  }

  /// The documents' SessionMetrics, as `progress` and `completed` carry them.
  package func metricsJSON(now: Int64) -> JSONValue {
    [
      "uptime": .int(max(0, now - firstEventAt)), "tokensUsed": .int(Int64(metrics.tokensUsed)),
      "toolExecutions": .int(Int64(metrics.toolExecutions)), "toolErrors": .int(Int64(metrics.toolErrors)),
      "costEstimate": .double(metrics.cost.dollars), "tasksCompleted": .int(Int64(metrics.tasksCompleted)),
      "tasksFailed": .int(Int64(metrics.tasksFailed)),
    ]
  }

  /// The stats of EV-06.
  package var statsJSON: JSONValue {
    [
      "iterations": .int(Int64(metrics.iterations)), "inputTokens": .int(Int64(metrics.usage.input)),
      "outputTokens": .int(Int64(metrics.usage.output)), "toolCalls": .int(Int64(metrics.toolExecutions)),
    ]
  }

  /// Whether there is an item with this id in the outbox.
  package func hasQueued(_ id: String) -> Bool { outbox.contains { $0.item.id == id } }

  package var isFullyAcknowledged: Bool { outbox.allSatisfy(\.isAcknowledged) }
}
