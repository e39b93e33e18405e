internal import SandboxCore
internal import SandboxSQLite

extension Projector {
  func project(_ event: ModelCallStarted, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      INSERT INTO model_call(id, task_id, agent_id, model, step, attempt, is_final_answer, status, reserved_microusd,
        reserved_tokens, started_ms, start_seq)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'executing', ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.callID.rawValue), .text(event.taskID.rawValue), .text(event.agentID.rawValue), .text(event.model),
        SQLiteValue(event.step), SQLiteValue(event.attempt), SQLiteValue(event.isFinalAnswer),
        .int(event.reservation.cost.microdollars), SQLiteValue(event.reservation.tokens), .int(record.time),
        .int(record.sequence),
      ])
  }

  func project(_ event: ModelCallCompleted, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      UPDATE model_call SET status = 'completed', finish_reason = ?2, request_id = ?3, input_tokens = ?4,
        output_tokens = ?5, cached_input_tokens = ?6, cache_write_tokens = ?7, reasoning_tokens = ?8,
        charged_tokens = ?9, cost_microusd = ?10, ended_ms = ?11, duration_ms = ?12, done_seq = ?13
      WHERE id = ?1 AND status = 'executing'
      """,
      [
        .text(event.callID.rawValue), .text(event.finishReason), SQLiteValue(event.requestID),
        SQLiteValue(event.usage.input), SQLiteValue(event.usage.output), SQLiteValue(event.usage.cachedInput),
        SQLiteValue(event.usage.cacheWrite), SQLiteValue(event.usage.reasoning), SQLiteValue(event.usage.total),
        .int(event.cost.microdollars), .int(record.time), .int(event.durationMilliseconds), .int(record.sequence),
      ])
  }

  func project(_ event: ModelCallFailed, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      UPDATE model_call SET status = 'failed', error_code = ?2, error_message = ?3, charged_tokens = ?4,
        cost_microusd = ?5, will_retry = ?6, ended_ms = ?7, duration_ms = max(0, ?7 - started_ms), done_seq = ?8
      WHERE id = ?1 AND status = 'executing'
      """,
      [
        .text(event.callID.rawValue), .text(event.error.code.rawValue), .inline(event.error.message),
        SQLiteValue(event.charged.tokens), .int(event.charged.cost.microdollars), SQLiteValue(event.willRetry),
        .int(record.time), .int(record.sequence),
      ])
  }
}
