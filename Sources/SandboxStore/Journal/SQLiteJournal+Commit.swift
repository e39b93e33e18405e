package import SandboxCore
internal import SandboxSQLite

extension SQLiteJournal {
  /// Appends the records and brings the projected tables up to date, in one transaction.
  ///
  /// - Throws: `.io` when the journal cannot be written, `.internalError` when the records do not follow those before
  ///   them or contradict them. After either nothing more can be committed: what the file holds is known only when it
  ///   is opened again.
  package func commit(_ records: [EventRecord]) throws(SandboxError) {
    if let failure { throw failure }
    guard !records.isEmpty else { return }
    do throws(SandboxError) {
      try write(records)
    } catch {
      let isOurs = error.code == .internalError || error.code == .io
      let cause = isOurs ? error : SandboxError(.io, "the journal \(path): \(error.message)", cause: error.cause)
      failure = SandboxError(
        .io, "the journal \(path) takes nothing more after a failed commit; start again to recover", cause: cause)
      throw cause
    }
  }

  private func write(_ records: [EventRecord]) throws(SandboxError) {
    let connection = try openConnection()
    var chain = self.chain
    var sequence = lastSequence
    var rows: [(row: EventRow, blob: String?, link: [UInt8])] = []
    rows.reserveCapacity(records.count)
    for record in records {
      sequence += 1
      guard record.sequence == sequence else {
        throw SandboxError(.internalError, "event \(record.sequence) cannot follow event \(sequence - 1) in \(path)")
      }
      let row = try EventRow(record)
      chain.append(row)
      // Durable before the commit that names it.
      let blob = row.body.count > EventRow.inlineLimit ? try blobs.put(row.body).sha256 : nil
      rows.append((row, blob, chain.link))
    }
    let projector = Projector(connection)
    try connection.transaction {
      for (record, (row, blob, link)) in zip(records, rows) {
        try insert(row, blob, link, of: record.event, connection)
        try projector.project(record)
      }
    }
    lastSequence = sequence
    self.chain = chain
  }

  private func insert(
    _ row: EventRow, _ blob: String?, _ link: [UInt8], of event: SessionEvent, _ connection: SQLiteConnection
  ) throws(SandboxError) {
    let statement = try connection.prepare(
      """
      INSERT INTO events(seq, time_ms, type, ver, actor, task_id, corr_id, body, blob, chain)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """)
    try statement.bind(row.sequence, at: 1)
    try statement.bind(row.time, at: 2)
    try statement.bind(row.type, at: 3)
    try statement.bind(row.version, at: 4)
    try statement.bind(row.actor, at: 5)
    try statement.bind(SQLiteValue(event.taskID?.rawValue), at: 6)
    try statement.bind(SQLiteValue(event.correlationID), at: 7)
    if let blob {
      try statement.bind(blob, at: 9)
    } else {
      let bound = row.body.withUnsafeBufferPointer { bytes in
        Result { () throws(SandboxError) in try statement.bind(utf8: bytes, at: 8) }
      }
      try bound.get()
    }
    try statement.bind(link, at: 10)
    _ = try statement.step()
  }
}
