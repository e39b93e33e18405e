package import SandboxCore
internal import SandboxSQLite

extension SQLiteJournal {
  /// Checks everything: the file's structure, the chain of hashes with the bodies beside the journal, and whether the
  /// projected tables say what the events say. Takes time in proportion to the journal.
  ///
  /// - Throws: `.io` with what is wrong.
  package func integrityCheck() throws(SandboxError) {
    let connection = try openConnection()
    let answer: SQLiteValue?
    let orphans: Int
    do throws(SandboxError) {
      answer = try connection.scalar("PRAGMA integrity_check(1)")
      orphans = try connection.query("PRAGMA foreign_key_check").count
    } catch {
      throw JournalFile.failure(error, path, "is damaged")
    }
    guard answer == "ok", orphans == 0 else {
      let reason = orphans == 0 ? answer?.textValue ?? "no answer" : "\(orphans) rows refer to rows that are missing"
      throw SandboxError(.io, "the journal \(path) is damaged: \(reason); restore it")
    }
    try checkProjections(connection)
  }

  /// Projects all events again, in memory, and compares.
  private func checkProjections(_ connection: SQLiteConnection) throws(SandboxError) {
    let fresh = try SQLiteConnection("", mode: .inMemory)
    try fresh.execute(JournalSchema.projections)
    let projector = Projector(fresh)
    try forEachRecord { try projector.project($0) }
    for (table, key) in JournalSchema.projectionKeys {
      let select = "SELECT * FROM \(table) ORDER BY \(key)"
      guard try connection.query(select) == fresh.query(select) else {
        throw SandboxError(.io, "the journal \(path) is damaged: the table \(table) differs from the events")
      }
    }
  }
}
