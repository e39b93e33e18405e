package import SandboxCore
internal import SandboxSQLite

/// The session's journal in one SQLite file with one connection: events, and the tables projected from them.
///
/// It runs on a thread of its own, so a sync of the disk holds up nobody else. A commit is durable when it returns: the
/// log is written and synced (WAL, `synchronous=FULL`). The file is locked against every other connection until
/// ``close()``; readers use the session's state in memory, or the file when nobody runs the session.
package actor SQLiteJournal: Journal {
  package nonisolated let path: String
  private nonisolated let executor = QueueExecutor(label: "sandbox.journal")
  let blobs: BlobFiles

  /// Nil once closed.
  var connection: SQLiteConnection?
  /// Why nothing can be committed any more.
  var failure: SandboxError?
  var lastSequence: Int64 = 0
  var chain = EventChain()

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(directory: String) {
    path = "\(directory)/journal.db"
    blobs = BlobFiles(root: "\(directory)/blobs")
  }

  /// Opens the journal in a session's folder; the caller owns the session (``SessionDirectory``).
  ///
  /// A new journal appears complete or not at all. One that exists is recovered by SQLite if its last owner was killed,
  /// and its structure is checked; what it says is checked by ``records()``.
  ///
  /// - Throws: `.conflict` when another connection holds the file; `.unsupported` when a later program wrote it;
  ///   `.notFound` when it is missing and must not be made; `.io` with the path when it is damaged, or cannot be
  ///   written or kept as durable as it must be.
  package static func open(
    directory: String, createIfMissing: Bool = true
  ) async throws(SandboxError) -> SQLiteJournal {
    let journal = SQLiteJournal(directory: directory)
    try await journal.connect(createIfMissing: createIfMissing)
    return journal
  }

  private func connect(createIfMissing: Bool) throws(SandboxError) {
    let connection = try JournalFile.open(path, createIfMissing: createIfMissing)
    do throws(SandboxError) {
      try connection.forEachRow("SELECT seq, chain FROM events ORDER BY seq DESC LIMIT 1") { row in
        lastSequence = row.int(0)
        chain = EventChain(after: row.blob(1))
      }
    } catch {
      throw JournalFile.failure(error, path, "cannot be read")
    }
    self.connection = connection
  }

  /// Ends the journal's use: the log is copied into the database and the lock released. Closing twice is harmless;
  /// after it every commit throws.
  ///
  /// - Throws: `.io` when the log could not be copied. Nothing is lost then: the next opening reads the log.
  package func close() throws(SandboxError) {
    guard let connection else { return }
    let mayWrite = failure == nil
    failure = failure ?? SandboxError(.io, "the journal \(path) is closed")
    self.connection = nil
    // After a failed commit the file stays as it is for recovery.
    guard mayWrite else { return }
    do throws(SandboxError) {
      try connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
    } catch {
      throw JournalFile.failure(error, path, "cannot be closed")
    }
  }

  func openConnection() throws(SandboxError) -> SQLiteConnection {
    guard let connection else { throw failure ?? SandboxError(.io, "the journal \(path) is not open") }
    return connection
  }
}
