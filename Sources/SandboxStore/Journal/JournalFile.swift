import Glibc
internal import SandboxCore
internal import SandboxSQLite

/// Creating and opening the journal's database file.
enum JournalFile {
  private static let pageSize: Int64 = 8192

  /// SQLite's own limit for a path, less the ending of the write-ahead log.
  private static let longestPath = 512 - 16

  /// What the promises of the journal rest on. SQLite ignores what it cannot set, so each is read back.
  ///
  /// The exclusive lock comes first, as it must be asked for before the file is touched: it keeps the log's index in
  /// memory instead of in a shared file, and every other connection out.
  private static let pragmas: [(name: String, value: SQLiteValue)] = [
    ("locking_mode", "exclusive"),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
    ("mmap_size", 0),
    ("temp_store", 2),
    ("journal_mode", "wal"),
    ("synchronous", 2),
    ("foreign_keys", 1),
    ("wal_autocheckpoint", 1000),
  ]

  /// Opens the journal at `path`, making it when it is missing.
  ///
  /// - Throws: `.notFound`; `.conflict` when it is in use; `.unsupported` when a later program wrote it; `.io`.
  static func open(_ path: String, createIfMissing: Bool) throws(SandboxError) -> SQLiteConnection {
    let directory = FileSystem.parent(of: path)
    guard path.utf8.count <= longestPath else { throw .file("open the journal", path, ENAMETOOLONG) }
    var information = stat()
    if stat(path, &information) != 0 {
      let failure = errno
      guard failure == ENOENT else { throw .file("open the journal", path, failure) }
      // SQLite would take a log that is left for the new file's own.
      guard access("\(path)-wal", F_OK) != 0 else {
        throw SandboxError(.io, "the journal \(path) is missing although its log is there; restore it")
      }
      guard createIfMissing else { throw SandboxError(.notFound, "there is no journal \(path)") }
      try create(path, in: directory)
      return try connect(path)
    }
    guard information.st_mode & S_IFMT == S_IFREG, information.st_size > 0 else {
      // SQLite would take an empty file for a new database and drop the log beside it.
      throw SandboxError(.io, "the journal \(path) is damaged: it is not a file with content; restore it")
    }
    guard access(path, R_OK | W_OK) == 0 else { throw .file("write the journal", path) }
    guard access(directory, W_OK | X_OK) == 0 else { throw .file("write the folder of the journal", directory) }
    let connection = try connect(path)
    try check(connection, path)
    return connection
  }

  /// Makes the whole database beside its final name and moves it there, so that it exists complete or not at all. That
  /// costs two syncs; SQLite's own way to an empty database in WAL mode costs more and can be seen half-done.
  private static func create(_ path: String, in directory: String) throws(SandboxError) {
    let temporary = FileSystem.temporaryPath(in: directory)
    do throws(SandboxError) {
      try writeSchema(temporary)
      try OpenFile(temporary, O_RDWR).sync()
      try FileSystem.move(temporary, to: path)
      try FileSystem.syncDirectory(directory)
    } catch {
      for ending in ["", "-wal"] { unlink(temporary + ending) }
      throw SandboxError(.io, "cannot create the journal \(path): \(error.message)", cause: error.cause)
    }
  }

  private static func writeSchema(_ path: String) throws(SandboxError) {
    // Made by us, as SQLite would let others read it.
    _ = try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC)
    try SQLiteConnection(path, mode: .readWriteCreate).execute(
      """
      PRAGMA page_size = \(pageSize); PRAGMA locking_mode = exclusive; PRAGMA journal_mode = off;
      PRAGMA synchronous = off;
      BEGIN IMMEDIATE;
      PRAGMA application_id = \(JournalSchema.applicationID); PRAGMA user_version = \(JournalSchema.version);
      \(JournalSchema.all)
      COMMIT;
      PRAGMA journal_mode = wal;
      """)
  }

  private static func connect(_ path: String) throws(SandboxError) -> SQLiteConnection {
    let connection: SQLiteConnection
    do throws(SandboxError) {
      connection = try SQLiteConnection(path, mode: .readWriteCreate)
    } catch {
      throw failure(error, path, "cannot be opened")
    }
    for (name, value) in pragmas {
      do throws(SandboxError) {
        try connection.setPragma(name, value)
      } catch {
        // Compiled without memory mapping, SQLite has no such pragma; then it is off as wanted.
        if name == "mmap_size", case .none = try connection.pragma(name) { continue }
        throw failure(error, path, "cannot be opened as it must be (pragma \(name))")
      }
    }
    try expect(connection, path, "page_size", pageSize)
    try expect(connection, path, "application_id", JournalSchema.applicationID)
    let version = try connection.pragma("user_version")?.intValue ?? 0
    guard version <= JournalSchema.version else {
      throw SandboxError(
        .unsupported,
        "the journal \(path) has format \(version), this program knows \(JournalSchema.version); use a newer program")
    }
    try expect(connection, path, "user_version", JournalSchema.version)
    return connection
  }

  private static func expect(
    _ connection: SQLiteConnection, _ path: String, _ pragma: String, _ wanted: Int64
  ) throws(SandboxError) {
    let present: SQLiteValue?
    do throws(SandboxError) {
      present = try connection.pragma(pragma)
    } catch {
      throw failure(error, path, "cannot be read (pragma \(pragma))")
    }
    guard present == .int(wanted) else {
      let text = present?.intValue.map(String.init) ?? "nothing"
      throw SandboxError(.io, "the journal \(path) is damaged: the pragma \(pragma) is \(text) instead of \(wanted)")
    }
  }

  /// Looks through the file's structure, as after a crash of the machine.
  private static func check(_ connection: SQLiteConnection, _ path: String) throws(SandboxError) {
    let answer: SQLiteValue?
    do throws(SandboxError) {
      answer = try connection.scalar("PRAGMA quick_check(1)")
    } catch {
      throw failure(error, path, "is damaged")
    }
    guard answer == "ok" else {
      throw SandboxError(.io, "the journal \(path) is damaged: \(answer?.textValue ?? "no answer"); restore it")
    }
  }

  static func failure(_ error: SandboxError, _ path: String, _ what: String) -> SandboxError {
    if error.code == .conflict {
      return SandboxError(
        .conflict, "the journal \(path) is in use by another connection: \(error.message)", cause: error.cause,
        retry: .backoff)
    }
    return SandboxError(.io, "the journal \(path) \(what): \(error.message)", cause: error.cause)
  }
}
