package import SandboxCore
internal import SandboxSQLite

extension SQLiteJournal {
  /// All events in order; folding them gives the session's state. Every one is checked against the chain of hashes, so
  /// what this returns is what was committed.
  ///
  /// - Throws: `.io` naming the first event that is damaged, missing or cannot be understood; `.unsupported` for an
  ///   event of a later program.
  package func records() throws(SandboxError) -> [EventRecord] {
    var records: [EventRecord] = []
    records.reserveCapacity(Int(clamping: min(lastSequence, 1 << 20)))
    try forEachRecord { records.append($0) }
    return records
  }

  /// As ``records()``, one event at a time. What `body` throws ends the reading.
  func forEachRecord(_ body: (EventRecord) throws -> Void) throws(SandboxError) {
    let connection = try openConnection()
    var chain = EventChain()
    var sequence: Int64 = 0
    do {
      try connection.forEachRow(
        "SELECT seq, time_ms, ver, type, actor, body, blob, chain FROM events ORDER BY seq"
      ) { row in
        sequence += 1
        guard row.int(0) == sequence else {
          throw SandboxError(.io, "the events from \(sequence) to \(row.int(0) - 1) are missing")
        }
        let event = EventRow(
          sequence: sequence, time: row.int(1), version: row.int(2), type: row.text(3), actor: row.text(4),
          body: row.isNull(6) ? row.blob(5) : try blobs.get(row.text(6)))
        chain.append(event)
        guard chain.link == row.blob(7) else {
          throw SandboxError(.io, "event \(sequence) does not match its place in the chain of hashes")
        }
        try body(try event.record())
      }
    } catch {
      if error.code == .unsupported { throw error }
      throw SandboxError(
        .io, "the journal \(path) is damaged at event \(max(1, sequence)): \(error.message); restore it",
        cause: error.cause)
    }
    // Rows that are gone from the end leave a shorter chain without a gap.
    guard sequence == lastSequence else {
      throw SandboxError(
        .io, "the journal \(path) is damaged: it ends at event \(sequence) instead of \(lastSequence); restore it")
    }
  }
}
