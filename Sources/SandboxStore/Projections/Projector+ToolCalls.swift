internal import SandboxCore
internal import SandboxSQLite

extension Projector {
  func project(_ event: ToolCallStarted, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      INSERT INTO tool_execution(id, tool_id, tool_version, category, agent_id, task_id, parent_id, effect, input,
        status, attempts, max_retries, reserved_microusd, started_ms, start_seq)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'executing', 1, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.callID.rawValue), .text(event.toolID.rawValue), .text(event.toolVersion), .text(event.category),
        .text(event.agentID.rawValue), .text(event.taskID.rawValue), SQLiteValue(event.parentCallID?.rawValue),
        .text(event.effect.rawValue), .inline(event.arguments), SQLiteValue(event.maxRetries),
        .int(event.reservation.cost.microdollars), .int(record.time), .int(record.sequence),
      ])
  }

  func project(_ event: ToolCallRetried) throws(SandboxError) {
    try connection.run(
      "UPDATE tool_execution SET attempts = ?2 WHERE id = ?1",
      [.text(event.callID.rawValue), SQLiteValue(event.attempt)])
  }

  func project(_ event: ToolCallCompleted, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      UPDATE tool_execution SET status = ?2, output = ?3, output_bytes = ?4, is_truncated = ?5, error_code = ?6,
        error_message = ?7, ended_ms = ?8, duration_ms = ?9, cost_microusd = ?10, done_seq = ?11
      WHERE id = ?1 AND status = 'executing'
      """,
      [
        .text(event.callID.rawValue), .text(event.status.rawValue), .inline(event.output),
        SQLiteValue(event.outputBytes), SQLiteValue(event.isTruncated), SQLiteValue(event.error?.code.rawValue),
        .inline(event.error?.message), .int(record.time), .int(event.durationMilliseconds),
        .int(event.cost.microdollars), .int(record.sequence),
      ])
  }

  func project(_ event: ToolCallRefused, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      INSERT INTO tool_execution(id, tool_id, tool_version, category, agent_id, task_id, effect, input, status,
        attempts, max_retries, error_code, error_message, reserved_microusd, started_ms, ended_ms, start_seq, done_seq)
      VALUES (?1, ?2, '', '', ?3, ?4, ?5, ?6, 'failed', 0, 0, ?7, ?8, 0, ?9, ?9, ?10, ?10) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.callID.rawValue), .text(event.toolID.rawValue), .text(event.agentID.rawValue),
        .text(event.taskID.rawValue), .text(ToolEffect.pure.rawValue), .inline(event.arguments),
        .text(event.error.code.rawValue), .inline(event.error.message), .int(record.time), .int(record.sequence),
      ])
  }
}
