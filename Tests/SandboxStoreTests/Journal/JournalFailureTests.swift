import SandboxCore
import SandboxSQLite
import SandboxStore
import Testing

/// After a failed commit nothing is known and nothing goes on; opening again shows what was kept.
@Suite struct JournalFailureTests {
  private let folder: TemporaryFolder
  private let session: String

  init() throws {
    folder = try TemporaryFolder()
    session = try folder.session("s")
  }

  @Test func aFullDiskEndsTheJournalAndLosesNothingThatWasCommitted() async throws {
    let journal = try await SQLiteJournal.open(directory: session)
    let log = SessionLog(journal: journal, time: .system)
    try await log.append(Sample.sessionCreated())
    try await journal.forbidGrowth()
    let text = JSONValue.string(String(repeating: "fill ", count: 3000))
    var failure: SandboxError?
    for _ in 0..<100 where failure == nil {
      failure = await sandboxError { try await log.append(.announced(Announcement("progress", text))) }
    }
    #expect(failure?.code == .io)
    #expect(await sandboxError { try await log.append(Sample.taskStarted(.root)) }?.code == .io)
    let next = Sample.records([Sample.taskStarted(.root)], after: log.current.sequence)
    #expect(await sandboxError { try await journal.commit(next) }?.code == .io)
    try await journal.close()

    let again = try await SQLiteJournal.open(directory: session)
    #expect(SessionState.fold(try await again.records()) == log.current)
    try await again.integrityCheck()
    try await again.close()
  }

  @Test func aCommitThatFailsAtTheLastMomentIsFinal() async throws {
    try await SQLiteJournal.open(directory: session).close()
    // The broken reference is found only when the transaction commits.
    try withDatabase(session) {
      try $0.execute(
        """
        CREATE TABLE broken(child INTEGER REFERENCES broken(parent) DEFERRABLE INITIALLY DEFERRED,
          parent INTEGER UNIQUE) STRICT;
        CREATE TRIGGER breaks AFTER INSERT ON events WHEN NEW.type = 'stop_requested'
          BEGIN INSERT INTO broken(child) VALUES (1); END;
        """)
    }
    let journal = try await SQLiteJournal.open(directory: session)
    let good = Sample.records([Sample.sessionCreated()])
    try await journal.commit(good)
    let bad = Sample.records([.stopRequested(StopReason(.cost, "spent"))], after: 1)
    #expect(await sandboxError { try await journal.commit(bad) }?.code == .io)
    let fine = Sample.records([Sample.taskStarted(.root)], after: 1)
    #expect(await sandboxError { try await journal.commit(fine) }?.code == .io)
    try await journal.close()
    let again = try await SQLiteJournal.open(directory: session)
    #expect(try await again.records() == good)
    try await again.commit(fine)
    try await again.close()
  }

  @Test(arguments: [1, 3]) func recordsThatDoNotFollowAreRefused(sequence: Int64) async throws {
    let journal = try await SQLiteJournal.open(directory: session)
    try await journal.commit(Sample.records([Sample.sessionCreated()]))
    let wrong = Sample.records([Sample.taskStarted(.root)], after: sequence - 1)
    #expect(await sandboxError { try await journal.commit(wrong) }?.code == .internalError)
    let right = Sample.records([Sample.taskStarted(.root)], after: 1)
    #expect(await sandboxError { try await journal.commit(right) }?.code == .io)
    try await journal.close()
  }

  @Test(arguments: [[1, 1], [2], [1, 3]]) func aBlackboardVersionThatDoesNotFollowIsAnInternalError(
    versions: [Int]
  ) async throws {
    let journal = try await SQLiteJournal.open(directory: session)
    let events = versions.map { version in
      SessionEvent.blackboardWritten(
        BlackboardEntry(
          namespace: "n", key: "k", value: 1, version: version, agentID: .meta, metadata: .null, createdAt: 0,
          updatedAt: 0))
    }
    #expect(await sandboxError { try await journal.commit(Sample.records(events)) }?.code == .internalError)
    try await journal.close()
    let again = try await SQLiteJournal.open(directory: session)
    #expect(try await again.records().isEmpty)
    try await again.close()
  }

  @Test func aMissingFolderForLongBodiesEndsTheJournal() async throws {
    let journal = try await SQLiteJournal.open(directory: session)
    try TemporaryFolder.replaceFolderByFile("\(session)/blobs")
    let long = JSONValue.string(String(repeating: "x", count: 20_000))
    let records = Sample.records([.announced(Announcement("progress", long))])
    #expect(await sandboxError { try await journal.commit(records) }?.code == .io)
    #expect(await sandboxError { try await journal.commit(Sample.records([Sample.sessionCreated()])) }?.code == .io)
    try await journal.close()
  }
}
