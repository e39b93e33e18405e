import SandboxTestKit
import SandboxCore
import SandboxSQLite
import SandboxStore
import Synchronization
import Testing

/// What lies on the disk between two commits is what a killed process leaves behind: it is copied there, damaged or
/// not, and opened.
@Suite struct JournalCrashTests {
  /// The journal's files at one moment.
  private struct Snapshot {
    let database: [UInt8]
    let log: [UInt8]
    let sequence: Int64
  }

  private final class Camera: Sendable {
    private let state = Mutex<(snapshots: [Snapshot], boundaries: Set<Int64>)>(([], [0]))
    let session: String

    init(_ session: String) { self.session = session }

    var snapshots: [Snapshot] { state.withLock { $0.snapshots } }
    /// The numbers of the events that ended a commit.
    var boundaries: Set<Int64> { state.withLock { $0.boundaries } }

    /// Called between two commits. Closing the file that was read gives up SQLite's lock on it, as locks belong to the
    /// process; nobody else is after it here.
    func look(_ records: [EventRecord]) {
      guard let last = records.last?.sequence else { return }
      let isDue = state.withLock { state in
        state.boundaries.insert(last)
        return state.boundaries.count.isMultiple(of: 3)
      }
      guard isDue, let database = try? TemporaryFolder.read("\(session)/journal.db"),
        let log = try? TemporaryFolder.read("\(session)/journal.db-wal")
      else { return }
      state.withLock { $0.snapshots.append(Snapshot(database: database, log: log, sequence: last)) }
    }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A session that was looked at while it ran: its events, and the photographs.
  private func run(seed: UInt64, steps: Int) async throws -> (records: [EventRecord], camera: Camera) {
    let session = try folder.session("live")
    let camera = Camera(session)
    let journal = try await SQLiteJournal.open(directory: session)
    let log = SessionLog(journal: journal, time: .system, observers: [{ records, _ in camera.look(records) }])
    try await RandomWork.run(log, seed: seed, workers: 4, steps: steps)
    let records = try await journal.records()
    try await journal.close()
    // How many there are depends on how many commits there were: appends that come together share one.
    #expect(camera.snapshots.count > 1)
    return (records, camera)
  }

  /// What the journal says when these files are all that is left, or how it refuses.
  private func reopen(_ name: String, database: [UInt8], log: [UInt8]?) async throws -> Result<
    [EventRecord], SandboxError
  > {
    let session = "\(folder.path)/\(name)"
    if !TemporaryFolder.exists(session) {
      _ = try folder.session(name)
      try TemporaryFolder.replaceByLink("\(session)/blobs", to: "\(folder.path)/live/blobs")
    }
    try TemporaryFolder.write(database, to: "\(session)/journal.db")
    if let log {
      try TemporaryFolder.write(log, to: "\(session)/journal.db-wal")
    } else {
      TemporaryFolder.removeFile("\(session)/journal.db-wal")
    }
    do throws(SandboxError) {
      let journal = try await SQLiteJournal.open(directory: session)
      let records: Result<[EventRecord], SandboxError>
      do throws(SandboxError) { records = .success(try await journal.records()) } catch { records = .failure(error) }
      try? await journal.close()
      return records
    } catch {
      return .failure(error)
    }
  }

  @Test(.timeLimit(.minutes(3))) func whatWasCommittedIsThereAfterAKill() async throws {
    let (records, camera) = try await run(seed: 5, steps: 40)
    for snapshot in camera.snapshots {
      let found = try await reopen("copy", database: snapshot.database, log: snapshot.log).get()
      #expect(found == Array(records.prefix(Int(snapshot.sequence))))
    }
  }

  @Test(.timeLimit(.minutes(3))) func aTornLogEndsAtACommit() async throws {
    let (records, camera) = try await run(seed: 6, steps: 20)
    var random = SeededGenerator(seed: 6)
    for snapshot in camera.snapshots where !snapshot.log.isEmpty {
      for _ in 0..<12 {
        let length = Int.random(in: 0..<snapshot.log.count, using: &random)
        // What lies beyond the tear is missing, or was allocated and never written.
        let rest = random.chance(50) ? [UInt8](repeating: 0, count: snapshot.log.count - length) : []
        let found = try await reopen("copy", database: snapshot.database, log: snapshot.log[..<length] + rest).get()
        #expect(found == Array(records.prefix(found.count)))
        #expect(camera.boundaries.contains(Int64(found.count)))
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func aFlippedBitIsFoundOrDoesNoHarm() async throws {
    let (records, camera) = try await run(seed: 7, steps: 12)
    let database = try TemporaryFolder.read("\(folder.path)/live/journal.db")
    var random = SeededGenerator(seed: 7)
    var found = 0
    for _ in 0..<250 {
      let damaged = flip(database, &random)
      switch try await reopen("copy", database: damaged, log: nil) {
      case .success(let read): #expect(read == records)
      case .failure(let error):
        found += 1
        #expect(error.code == .io || error.code == .unsupported)
      }
    }
    #expect(found > 25)

    for snapshot in camera.snapshots where !snapshot.log.isEmpty {
      for _ in 0..<12 {
        let damaged = flip(snapshot.log, &random)
        // SQLite takes the log up to the last commit whose checksums are right.
        let read = try await reopen("copy", database: snapshot.database, log: damaged).get()
        #expect(read == Array(records.prefix(read.count)))
        #expect(camera.boundaries.contains(Int64(read.count)))
      }
    }
  }

  @Test(.timeLimit(.minutes(3))) func aShortenedDatabaseIsFound() async throws {
    let (_, _) = try await run(seed: 8, steps: 12)
    let database = try TemporaryFolder.read("\(folder.path)/live/journal.db")
    var random = SeededGenerator(seed: 8)
    for _ in 0..<60 {
      let length = Int.random(in: 0..<database.count, using: &random)
      let result = try await reopen("copy", database: Array(database[..<length]), log: nil)
      guard case .failure(let error) = result else {
        Issue.record("a database of \(length) instead of \(database.count) bytes was taken for whole")
        continue
      }
      #expect(error.code == .io)
    }
  }

  @Test(
    arguments: [
      "UPDATE events SET body = '{}' WHERE seq = 2", "UPDATE events SET time_ms = time_ms + 1 WHERE seq = 2",
      "UPDATE events SET actor = 'x' WHERE seq = 2", "UPDATE events SET type = 'other' WHERE seq = 2",
      "UPDATE events SET ver = 0 WHERE seq = 2", "DELETE FROM events WHERE seq = 2",
      "UPDATE events SET chain = zeroblob(16) WHERE seq = 2",
    ])
  func anEventThatWasChangedIsNamed(change: String) async throws {
    let session = try folder.session("s")
    let journal = try await SQLiteJournal.open(directory: session)
    try await journal.commit(
      Sample.records([Sample.sessionCreated(), Sample.taskCreated(.root, parent: nil), Sample.taskStarted(.root)]))
    try await journal.close()
    try withDatabase(session) { try $0.execute("DROP TRIGGER events_stay; DROP TRIGGER events_remain; \(change)") }
    let again = try await SQLiteJournal.open(directory: session)
    let error = await sandboxError { _ = try await again.records() }
    #expect(error?.code == .io)
    #expect(error?.message.contains("event 2") == true)
    #expect(await sandboxError { try await again.integrityCheck() }?.code == .io)
    try await again.close()
  }

  @Test func aDamagedLongBodyIsNamed() async throws {
    let session = try folder.session("s")
    let journal = try await SQLiteJournal.open(directory: session)
    let long = JSONValue.string(String(repeating: "x", count: 20_000))
    try await journal.commit(Sample.records([Sample.sessionCreated(), .announced(Announcement("progress", long))]))
    let directory = "\(session)/blobs/" + TemporaryFolder.names(in: "\(session)/blobs")[0]
    let blob = "\(directory)/" + TemporaryFolder.names(in: directory)[0]
    var bytes = try TemporaryFolder.read(blob)
    bytes[100] ^= 1
    try TemporaryFolder.write(bytes, to: blob)
    let error = await sandboxError { _ = try await journal.records() }
    #expect(error?.code == .io)
    #expect(error?.message.contains("event 2") == true)
    TemporaryFolder.removeFile(blob)
    #expect(await sandboxError { _ = try await journal.records() }?.code == .io)
    try await journal.close()
  }

  @Test func aTableThatDiffersFromTheEventsIsNamed() async throws {
    let session = try folder.session("s")
    let journal = try await SQLiteJournal.open(directory: session)
    try await journal.commit(Sample.records([Sample.sessionCreated(), Sample.taskCreated(.root, parent: nil)]))
    try await journal.execute("UPDATE task SET status = 'completed'")
    let error = await sandboxError { try await journal.integrityCheck() }
    #expect(error?.code == .io)
    #expect(error?.message.contains("task") == true)
    try await journal.close()
  }

  private func flip(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    return bytes
  }
}
