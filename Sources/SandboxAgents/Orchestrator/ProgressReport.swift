import SandboxCore

/// The session's figures under the names that watchers know, as they stand after a task has ended.
struct ProgressReport {
  let uptime: Duration
  let metrics: Metrics
  /// How the task ended that is being recorded in the same commit, which the metrics do not contain yet.
  let ending: TaskStatus?

  var announcement: Announcement {
    let completed = metrics.tasksCompleted + (ending == .completed ? 1 : 0)
    let failed = metrics.tasksFailed + (ending.map { $0 != .completed } ?? false ? 1 : 0)
    return Announcement(
      "progress",
      [
        "uptime": .int(uptime.milliseconds), "tokensUsed": .int(Int64(metrics.tokensUsed)),
        "toolExecutions": .int(Int64(metrics.toolExecutions)), "toolErrors": .int(Int64(metrics.toolErrors)),
        "costEstimate": .double(metrics.cost.dollars), "tasksCompleted": .int(Int64(completed)),
        "tasksFailed": .int(Int64(failed)),
      ])
  }
}
