internal import CSQLite
package import SandboxCore

/// One connection to a SQLite database: a thin layer over the C interface with a cache of prepared statements.
///
/// Not thread-safe and not `Sendable`: an actor or a scope owns it, and every call blocks until SQLite is done. The
/// connection closes when its last reference goes; statements that are still held stay valid to release, not to use.
/// All functions throw ``SandboxError`` with a ``SQLiteFailure`` as cause: `io` when the file is damaged, full,
/// read-only or cannot be opened, `conflict` when another connection holds a lock (worth trying again), `alreadyExists`
/// for a broken uniqueness constraint, `cancelled` after an interrupt, `denied` by the authorizer, and
/// `invalidArgument` for wrong SQL and broken constraints.
package final class SQLiteConnection {
  package enum Mode: Sendable {
    /// Creates the file when it is missing.
    case readWriteCreate
    case readOnly
    /// A private database in memory; the path is not used. Only here may `ATTACH` name a file by a `file:` URI.
    case inMemory
  }

  let handle: OpaquePointer
  private var statements: [String: SQLiteStatement] = [:]
  private let interrupts: SQLiteInterruptHandle
  var authorizer: SQLiteAuthorizer?
  var progressHandler: SQLiteProgressHandler?

  private static let statementCacheLimit = 256

  /// Opens a database. Foreign keys, journal mode and the other pragmas are as SQLite's defaults: see
  /// ``setPragma(_:_:)``.
  package init(_ path: String, mode: Mode) throws(SandboxError) {
    let flags =
      switch mode {
      case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readOnly: SQLITE_OPEN_READONLY
      case .inMemory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_URI
      }
    let name = mode == .inMemory ? ":memory:" : path
    guard !name.utf8.contains(0) else {
      throw SandboxError(.invalidArgument, "the path of the database contains a NUL character")
    }
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard result == SQLITE_OK, let opened else {
      let failure = SQLiteFailure(connection: opened, result: result)
      sqlite3_close_v2(opened)
      throw failure.error("cannot open the database \(name)")
    }
    handle = opened
    interrupts = SQLiteInterruptHandle(connection: opened)
  }

  deinit {
    interrupts.invalidate()
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  /// A handle with which another thread may interrupt a running statement.
  package var interruptHandle: SQLiteInterruptHandle { interrupts }

  // MARK: - Statements

  /// Runs a script of any number of statements, ignoring rows. What ran before an error stays done unless a
  /// transaction is open.
  package func execute(_ script: String) throws(SandboxError) {
    try check(sqlite3_exec(handle, script, nil, nil, nil), "SQLite cannot run the script")
  }

  /// A statement for exactly one piece of SQL, from the cache when it was prepared before. It comes reset and without
  /// bindings; a second request while it still steps gives another statement.
  package func prepare(_ sql: String) throws(SandboxError) -> SQLiteStatement {
    if let cached = statements[sql], !cached.isBusy {
      cached.reset()
      return cached
    }
    let statement = try compile(sql)
    if statements[sql] == nil {
      if statements.count >= Self.statementCacheLimit { statements = statements.filter { $0.value.isBusy } }
      statements[sql] = statement
    }
    return statement
  }

  /// Calls `body` for each row; the statement gives access to the row's columns and must not be kept.
  package func forEachRow(
    _ sql: String, _ bindings: [SQLiteValue] = [],
    _ body: (SQLiteStatement) throws -> Void
  ) throws(SandboxError) {
    let statement = try prepare(sql)
    statement.isBorrowed = true
    defer {
      statement.isBorrowed = false
      statement.reset()
    }
    try statement.bind(bindings)
    while try statement.step() {
      do { try body(statement) } catch { throw SandboxError.wrap(error) }
    }
  }

  /// All rows, each mapped to a value.
  package func rows<Value>(
    _ sql: String, _ bindings: [SQLiteValue] = [],
    _ map: (SQLiteStatement) throws -> Value
  ) throws(SandboxError) -> [Value] {
    var result: [Value] = []
    try forEachRow(sql, bindings) { result.append(try map($0)) }
    return result
  }

  package func query(_ sql: String, _ bindings: [SQLiteValue] = []) throws(SandboxError) -> [[SQLiteValue]] {
    try rows(sql, bindings) { $0.row }
  }

  /// The first column of the first row; nil when there is no row.
  package func scalar(_ sql: String, _ bindings: [SQLiteValue] = []) throws(SandboxError) -> SQLiteValue? {
    let statement = try prepare(sql)
    defer { statement.reset() }
    try statement.bind(bindings)
    return try statement.step() ? statement.value(0) : nil
  }

  /// Runs one statement to its end; gives the number of rows it inserted, updated or deleted.
  @discardableResult
  package func run(_ sql: String, _ bindings: [SQLiteValue] = []) throws(SandboxError) -> Int {
    let statement = try prepare(sql)
    defer { statement.reset() }
    try statement.bind(bindings)
    while try statement.step() {}
    return statement.isReadOnly ? 0 : changes
  }

  /// Rows changed by the last INSERT, UPDATE or DELETE.
  package var changes: Int { Int(sqlite3_changes64(handle)) }
  package var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  private func compile(_ sql: String) throws(SandboxError) -> SQLiteStatement {
    var sql = sql
    var statement: OpaquePointer?
    authorizer?.didDeny = false
    let (result, rest) = sql.withUTF8 { bytes -> (Int32, Int) in
      guard let base = bytes.baseAddress, bytes.count <= Int(Int32.max) else { return (SQLITE_TOOBIG, 0) }
      return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
        var tail: UnsafePointer<CChar>?
        let result = sqlite3_prepare_v3(
          handle, start, Int32(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &tail)
        return (result, tail.map { $0 - start } ?? bytes.count)
      }
    }
    if result != SQLITE_OK, let authorizer, authorizer.didDeny {
      let failure = SQLiteFailure(connection: handle, result: result)
      throw SandboxError(.denied, "the statement is not allowed here: \(failure.message)", cause: failure)
    }
    try check(result, "SQLite does not accept the statement")
    guard let statement else { throw SandboxError(.invalidArgument, "the SQL contains no statement") }
    let prepared = SQLiteStatement(handle: statement)
    guard isBlank(sql.utf8.dropFirst(rest)) else {
      throw SandboxError(.invalidArgument, "the SQL contains more than one statement; give one at a time")
    }
    return prepared
  }

  /// Whether SQLite sees nothing but white space, comments and semicolons.
  private func isBlank(_ tail: Substring.UTF8View) -> Bool {
    guard !tail.allSatisfy({ $0 == 0x20 || $0 == 0x3b || (0x09...0x0d).contains($0) }) else { return true }
    var statement: OpaquePointer?
    let result = sqlite3_prepare_v3(handle, String(Substring(tail)), -1, 0, &statement, nil)
    defer { sqlite3_finalize(statement) }
    return result == SQLITE_OK && statement == nil
  }

  func check(_ result: Int32, _ context: @autoclosure () -> String) throws(SandboxError) {
    if result != SQLITE_OK { throw SQLiteFailure(connection: handle, result: result).error(context()) }
  }
}
