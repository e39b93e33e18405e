internal import SandboxCore
internal import SandboxSQLite

extension Projector {
  func project(_ event: SessionCreated, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      UPDATE session SET session_id = ?1, workspace_id = ?2, sandbox_id = ?3, user_id = ?4, mode = ?5, request = ?6,
        model = ?7, program = ?8, configuration_digest = ?9, limit_microusd = ?10, limit_tokens = ?11, created_ms = ?12
      """,
      [
        .text(event.sessionID.rawValue), .text(event.workspaceID), .text(event.sandboxID), .text(event.userID),
        .text(event.mode), .inline(event.request), .text(event.model), .text(event.program),
        .text(event.configurationDigest), SQLiteValue(event.budget.cost?.microdollars),
        SQLiteValue(event.budget.tokens.map(Int64.init)), .int(record.time),
      ])
  }

  func project(_ transition: Transition, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      "INSERT INTO transition(seq, from_phase, to_phase, reason, actor, time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [
        .int(record.sequence), .text(transition.from.rawValue), .text(transition.to.rawValue),
        .inline(transition.reason), .text(transition.actor), .int(record.time),
      ])
    try connection.run(
      """
      UPDATE session SET phase = ?1, started_ms = CASE WHEN ?3 THEN coalesce(started_ms, ?2) ELSE started_ms END,
        ended_ms = CASE WHEN ?4 THEN ?2 ELSE ended_ms END
      """,
      [
        .text(transition.to.rawValue), .int(record.time), SQLiteValue(transition.to == .running),
        SQLiteValue(transition.to.isTerminal),
      ])
  }

  func project(_ event: ToolsLoaded) throws(SandboxError) {
    try connection.run(
      "UPDATE session SET tools_loaded = ?1, manifest_problems = ?2",
      [SQLiteValue(event.tools.count), SQLiteValue(event.rejected.count)])
  }

  /// The first reason counts.
  func project(_ reason: StopReason) throws(SandboxError) {
    try connection.run(
      "UPDATE session SET stop_kind = ?1, stop_detail = ?2 WHERE stop_kind IS NULL",
      [.text(reason.kind.rawValue), .inline(reason.detail)])
  }

  /// The first outcome counts.
  func project(_ outcome: Outcome) throws(SandboxError) {
    try connection.run(
      "UPDATE session SET outcome = ?1, exit_code = ?2 WHERE outcome IS NULL",
      [.text(outcome.name), .int(Int64(outcome.exitCode.rawValue))])
  }

  func project(_ teardown: Teardown) throws(SandboxError) {
    try connection.run("UPDATE session SET teardown = ?1", [.text(teardown.rawValue)])
  }
}
