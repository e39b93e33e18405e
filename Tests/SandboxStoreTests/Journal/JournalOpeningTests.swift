import Glibc
import SandboxCore
import SandboxSQLite
import SandboxStore
import Testing

@Suite struct JournalOpeningTests {
  private let folder: TemporaryFolder
  private let session: String

  init() throws {
    folder = try TemporaryFolder()
    session = try folder.session("s")
  }

  @Test(arguments: [true, false])
  func everyPragmaIsAsItMustBe(isReopened: Bool) async throws {
    if isReopened { try await SQLiteJournal.open(directory: session).close() }
    let journal = try await SQLiteJournal.open(directory: session)
    let expected: [(String, SQLiteValue)] = [
      ("page_size", 8192), ("journal_mode", "wal"), ("synchronous", 2), ("locking_mode", "exclusive"),
      ("foreign_keys", 1), ("trusted_schema", 0), ("cell_size_check", 1), ("temp_store", 2), ("mmap_size", 0),
      ("wal_autocheckpoint", 1000), ("application_id", 0x5342_584a), ("user_version", 1),
    ]
    for (name, value) in expected { #expect(try await journal.pragma(name) == value, "\(name)") }
    try await journal.close()
  }

  @Test func aNewJournalIsOneFileForItsOwnerOnly() async throws {
    let journal = try await SQLiteJournal.open(directory: session)
    #expect(TemporaryFolder.mode("\(session)/journal.db") == 0o600)
    #expect(TemporaryFolder.names(in: session).allSatisfy { !$0.hasPrefix(".tmp-") })
    #expect(try await journal.records().isEmpty)
    try await journal.commit(Sample.records([Sample.sessionCreated()]))
    #expect(TemporaryFolder.mode("\(session)/journal.db-wal") == 0o600)
    try await journal.close()
    #expect(TemporaryFolder.names(in: session) == ["blobs", "journal.db"])
  }

  @Test func isGoneOnWhenOpenedAgain() async throws {
    let first = try await SQLiteJournal.open(directory: session)
    let records = Sample.records([Sample.sessionCreated(), Sample.taskCreated(.root, parent: nil)])
    try await first.commit(records)
    try await first.close()
    let second = try await SQLiteJournal.open(directory: session)
    let more = Sample.records([Sample.taskStarted(.root)], after: 2)
    try await second.commit(more)
    #expect(try await second.records() == records + more)
    try await second.integrityCheck()
    try await second.close()
  }

  @Test func closedItTakesNothingMore() async throws {
    let journal = try await SQLiteJournal.open(directory: session)
    try await journal.close()
    try await journal.close()
    let error = await sandboxError { try await journal.commit(Sample.records([Sample.sessionCreated()])) }
    #expect(error?.code == .io)
    #expect(await sandboxError { _ = try await journal.records() }?.code == .io)
  }

  @Test func aSecondOpenerIsTurnedAwayUntilTheFirstCloses() async throws {
    let first = try await SQLiteJournal.open(directory: session)
    let error = await sandboxError { _ = try await SQLiteJournal.open(directory: session) }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains(session) == true)
    try await first.commit(Sample.records([Sample.sessionCreated()]))
    try await first.close()
    let second = try await SQLiteJournal.open(directory: session)
    #expect(try await second.records().count == 1)
    try await second.close()
  }

  @Test func isNotMadeWhenItMustNotBe() async throws {
    let error = await sandboxError { _ = try await SQLiteJournal.open(directory: session, createIfMissing: false) }
    #expect(error?.code == .notFound)
    #expect(TemporaryFolder.names(in: session) == ["blobs"])
  }

  @Test func aLaterFormatIsRefusedAndLeftAlone() async throws {
    try await SQLiteJournal.open(directory: session).close()
    try withDatabase(session) { try $0.execute("PRAGMA user_version = 2") }
    #expect(await sandboxError { _ = try await SQLiteJournal.open(directory: session) }?.code == .unsupported)
    #expect(try withDatabase(session) { try $0.pragma("user_version") } == 2)
  }

  @Test(arguments: ["application_id = 7", "user_version = 0"])
  func aForeignDatabaseIsRefused(change: String) async throws {
    try await SQLiteJournal.open(directory: session).close()
    try withDatabase(session) { try $0.execute("PRAGMA \(change)") }
    let error = await sandboxError { _ = try await SQLiteJournal.open(directory: session) }
    #expect(error?.code == .io)
    #expect(error?.message.contains(String(change.prefix { $0 != " " })) == true)
  }

  @Test func aPragmaThatDoesNotTakeIsNamed() async throws {
    // The page size of a database that has content cannot change.
    try withDatabase(session) {
      try $0.execute("PRAGMA page_size = 4096; PRAGMA application_id = 0x5342584a; PRAGMA user_version = 1;")
      try $0.execute("CREATE TABLE events(seq INTEGER PRIMARY KEY) STRICT")
    }
    let error = await sandboxError { _ = try await SQLiteJournal.open(directory: session) }
    #expect(error?.code == .io)
    #expect(error?.message.contains("page_size") == true)
  }

  @Test(arguments: [[], Array("this is no database, but it is long enough to be taken for one ".utf8)])
  func aFileThatIsNoDatabaseIsReported(content: [UInt8]) async throws {
    try TemporaryFolder.write(content, to: "\(session)/journal.db")
    let error = await sandboxError { _ = try await SQLiteJournal.open(directory: session) }
    #expect(error?.code == .io)
    #expect(error?.message.contains("\(session)/journal.db") == true)
    #expect(try TemporaryFolder.read("\(session)/journal.db") == content)
  }

  @Test func aLogWithoutItsDatabaseIsReported() async throws {
    try TemporaryFolder.write([1, 2, 3], to: "\(session)/journal.db-wal")
    #expect(await sandboxError { _ = try await SQLiteJournal.open(directory: session) }?.code == .io)
    #expect(TemporaryFolder.names(in: session) == ["blobs", "journal.db-wal"])
  }

  @Test func aFolderInItsPlaceIsReported() async throws {
    mkdir("\(session)/journal.db", 0o700)
    #expect(await sandboxError { _ = try await SQLiteJournal.open(directory: session) }?.code == .io)
  }

  @Test func aMissingFolderIsReportedWithItsPath() async throws {
    let error = await sandboxError { _ = try await SQLiteJournal.open(directory: "\(session)/none") }
    #expect(error?.code == .io)
    #expect(error?.message.contains("\(session)/none") == true)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func aReadOnlyFileOrFolderIsReported() async throws {
    try await SQLiteJournal.open(directory: session).close()
    chmod("\(session)/journal.db", 0o400)
    #expect(await sandboxError { _ = try await SQLiteJournal.open(directory: session) }?.code == .io)
    chmod("\(session)/journal.db", 0o600)
    chmod(session, 0o500)
    #expect(await sandboxError { _ = try await SQLiteJournal.open(directory: session) }?.code == .io)
    chmod(session, 0o700)
  }
}
