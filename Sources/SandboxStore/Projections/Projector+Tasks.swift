internal import SandboxCore
internal import SandboxSQLite

extension Projector {
  func project(_ event: PlanCreated, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      "INSERT INTO plan(seq, plan_id, task_id, description, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
      [
        .int(record.sequence), .text(event.plan.id), .text(event.taskID.rawValue), .inline(event.plan.description),
        .int(record.time),
      ])
    for (ordinal, step) in event.plan.steps.enumerated() {
      try connection.run(
        """
        INSERT INTO plan_step(plan_seq, ordinal, step_id, description, agent_id, task, dependencies,
          alternative_agent_id, alternative_task)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """,
        [
          .int(record.sequence), SQLiteValue(ordinal), .text(step.id), .inline(step.description),
          .text(step.agentID.rawValue), .inline(step.task), .names(step.dependencies),
          SQLiteValue(step.alternative?.agentID.rawValue), .inline(step.alternative?.task),
        ])
    }
  }

  func project(_ event: TaskCreated, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      INSERT INTO task(task_id, parent_id, agent_id, prompt, plan_id, step_id, dependencies, limit_microusd,
        limit_tokens, status, created_ms, start_seq)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.taskID.rawValue), SQLiteValue(event.parent?.rawValue), .text(event.agentID.rawValue),
        .inline(event.prompt), SQLiteValue(event.planID), SQLiteValue(event.stepID), .names(event.dependencies),
        SQLiteValue(event.limit.cost?.microdollars), SQLiteValue(event.limit.tokens.map(Int64.init)),
        .text(TaskStatus.pending.rawValue), .int(record.time), .int(record.sequence),
      ])
  }

  func project(_ event: TaskStarted, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      "UPDATE task SET status = ?2, model = ?3, started_ms = ?4 WHERE task_id = ?1",
      [.text(event.taskID.rawValue), .text(TaskStatus.running.rawValue), .text(event.model), .int(record.time)])
  }

  func project(_ event: TaskFinished, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      UPDATE task SET status = ?2, result = ?3, error_code = ?4, error_message = ?5, finished_ms = ?6, done_seq = ?7
      WHERE task_id = ?1 AND status IN ('pending', 'running')
      """,
      [
        .text(event.taskID.rawValue), .text(event.status.rawValue), .inline(event.result),
        SQLiteValue(event.error?.code.rawValue), .inline(event.error?.message), .int(record.time),
        .int(record.sequence),
      ])
  }
}
