internal import SandboxCore
internal import SandboxSQLite

extension Projector {
  /// An artifact of the same name takes the place of the one before it.
  func project(_ artifact: Artifact, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      INSERT OR REPLACE INTO artifact(name, id, version, kind, media_type, title, blob, size, agent_id, made_by,
        metadata, seq, created_ms)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
      """,
      [
        .text(artifact.name), .text(artifact.id.rawValue), SQLiteValue(artifact.version), .text(artifact.kind.rawValue),
        .text(artifact.mediaType), .inline(artifact.title), .text(artifact.content.sha256),
        SQLiteValue(artifact.content.size), .text(artifact.author.rawValue), .names(artifact.madeBy),
        .inline(artifact.metadata), .int(record.sequence), .int(record.time),
      ])
  }

  func project(_ item: OutboxItem, _ record: EventRecord) throws(SandboxError) {
    let (kind, payload) =
      switch item.payload {
      case .results(let results): ("results", try JSONValue.encoding(results))
      case .status(let status): ("status", try JSONValue.encoding(status))
      }
    try connection.run(
      """
      INSERT INTO outbox(id, kind, idempotency_key, payload, attempts, is_acknowledged, seq, queued_ms)
      VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6) ON CONFLICT DO NOTHING
      """,
      [
        .text(item.id), .text(kind), .text(item.idempotencyKey), .inline(payload), .int(record.sequence),
        .int(record.time),
      ])
  }

  func project(_ event: OutboxAttempted, _ record: EventRecord) throws(SandboxError) {
    try connection.run(
      """
      UPDATE outbox SET attempts = attempts + 1, is_acknowledged = is_acknowledged OR ?2, error_code = ?3,
        error_message = ?4, attempted_ms = ?5
      WHERE id = ?1
      """,
      [
        .text(event.id), SQLiteValue(event.isAcknowledged), SQLiteValue(event.error?.code.rawValue),
        .inline(event.error?.message), .int(record.time),
      ])
  }
}
