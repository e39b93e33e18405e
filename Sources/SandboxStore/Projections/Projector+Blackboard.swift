internal import SandboxCore
internal import SandboxSQLite

extension Projector {
  /// The entry takes the place of the version before it. Who may write was decided before; that the versions follow each
  /// other is asserted here once more, as a write that got lost shows in nothing else.
  func project(_ entry: BlackboardEntry, _ record: EventRecord) throws(SandboxError) {
    let (value, metadata) = (SQLiteValue.inline(entry.value), SQLiteValue.inline(entry.metadata))
    let place: [SQLiteValue] = [.text(entry.namespace), .text(entry.key), SQLiteValue(entry.version)]
    let content: [SQLiteValue] = [value, .text(entry.agentID.rawValue), metadata, .int(record.sequence)]
    var follows: Bool
    if entry.version == 1 {
      follows = try insert(entry, place + content)
    } else {
      follows = try update(entry.namespace, entry.key, entry, place + content)
      if !follows { follows = try respell(entry, place + content) }
    }
    guard follows else {
      throw SandboxError(
        .internalError,
        "blackboard \(entry.namespace)/\(entry.key): version \(entry.version) does not follow the one before it")
    }
    try connection.run(
      """
      INSERT INTO blackboard_history(ns, key, version, value, agent_id, metadata, seq, updated_ms)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """, place + content + [.int(entry.updatedAt)])
  }

  private func insert(_ entry: BlackboardEntry, _ bindings: [SQLiteValue]) throws(SandboxError) -> Bool {
    try connection.run(
      """
      INSERT INTO blackboard(ns, key, version, value, agent_id, metadata, seq, created_ms, updated_ms)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING
      """, bindings + [.int(entry.createdAt), .int(entry.updatedAt)]) == 1
  }

  private func update(
    _ namespace: String, _ key: String, _ entry: BlackboardEntry, _ bindings: [SQLiteValue]
  ) throws(SandboxError) -> Bool {
    try connection.run(
      """
      UPDATE blackboard SET ns = ?1, key = ?2, version = ?3, value = ?4, agent_id = ?5, metadata = ?6, seq = ?7,
        updated_ms = ?8
      WHERE ns = ?9 AND key = ?10 AND version = ?3 - 1
      """, bindings + [.int(entry.updatedAt), .text(namespace), .text(key)]) == 1
  }

  /// A key is one text to Swift and two to SQLite when its accents are composed differently (Unicode canonical
  /// equivalence). Such a row is found by looking through them all; it is rare.
  private func respell(_ entry: BlackboardEntry, _ bindings: [SQLiteValue]) throws(SandboxError) -> Bool {
    let places = try connection.rows("SELECT ns, key FROM blackboard") { ($0.text(0), $0.text(1)) }
    guard let (namespace, key) = places.first(where: { $0 == entry.namespace && $1 == entry.key }) else { return false }
    return try update(namespace, key, entry, bindings)
  }
}
