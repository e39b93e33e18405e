import Glibc
import SandboxCore
import SandboxSQLite

/// One call's database in memory, with the tables of its files. Used on one thread.
struct TableSession {
  let database: SQLiteConnection
  /// The tables as a query names them: schema, name.
  private(set) var tables: [(schema: String, name: String)] = []
  let limits: TableLimits
  let control: TableControl

  init(_ sources: [TableSource], _ limits: TableLimits, _ control: TableControl) throws(SandboxError) {
    self.limits = limits
    self.control = control
    database = try SQLiteConnection("", mode: .inMemory)
    try database.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA journal_mode = OFF")
    try database.addStatisticFunctions()
    database.setProgressHandler { control.isCancelled }
    var names = TableNames(reserved: ["main", "temp"])
    var room = limits.fileSize
    for source in sources {
      try control.check()
      do throws(SandboxError) {
        try load(source, as: names.table(forFile: source.name), &room)
      } catch {
        throw Self.external(error)
      }
    }
    // These tables come to be at their first use, as if they were created, which is not allowed later.
    _ = try database.query("SELECT 1 FROM json_each('0'), json_tree('0')")
    restrict()
  }

  private mutating func load(_ source: TableSource, as name: String, _ room: inout Int) throws(SandboxError) {
    guard let format = TableFormat(path: source.name) else {
      throw SandboxError(
        .invalidArgument,
        "\(source.name.forMessage) cannot be read as a table; files that can end in \(TableFormat.endings)")
    }
    if format == .sqlite { return try attach(source, as: name, &room) }
    let bytes = try BoundedFile.read(source.path, limit: room, name: source.name)
    room -= bytes.count
    try database.execute("BEGIN")
    switch format {
    case .csv, .tsv, .tab: try TableLoader.load(bytes, format, source, table: name, into: database, control)
    case .jsonLines: try TableLoader.loadLines(bytes, source, table: name, into: database, control)
    case .json: try TableLoader.loadArray(bytes, source, table: name, into: database, control)
    case .sqlite: break
    }
    try database.execute("COMMIT")
    tables.append((schema: "main", name: name))
  }

  private mutating func attach(_ source: TableSource, as name: String, _ room: inout Int) throws(SandboxError) {
    // Reads the first bytes, so that anything but a regular file is refused as everywhere.
    let window = try BoundedFile.read(source.path, offset: 0, length: 16, name: source.name)
    guard window.fileSize <= room else {
      throw SandboxError(.limitExceeded, "\(source.name.forMessage) is larger than the limit of \(room) bytes")
    }
    guard window.bytes == Array("SQLite format 3\0".utf8) else {
      throw SandboxError(.invalidArgument, "\(source.name.forMessage) is not a SQLite database")
    }
    room -= window.fileSize
    // A database that nobody writes needs no locks, and no files beside it. One with a log must be opened with the log.
    let hasLog = ["-wal", "-journal"].contains { suffix in
      var status = stat()
      return stat(source.path + suffix, &status) == 0 && status.st_size > 0
    }
    let path = source.path.utf8.map { byte in
      let isPlain = byte > 0x20 && byte < 0x7f && !"%?#\"'".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    let uri = "file:\(path)?mode=ro" + (hasLog ? "" : "&immutable=1")
    try database.run("ATTACH ? AS \(SQLiteConnection.quoted(name))", [.text(uri)])
    for table in try database.tableNames(schema: name) { tables.append((schema: name, name: table)) }
  }

  /// From here on only reading is possible.
  private func restrict() {
    database.setAuthorizer { action in
      switch action.kind {
      case .select, .read, .recursive: true
      case .function: action.second?.lowercased() != "load_extension"
      default: false
      }
    }
  }

  // MARK: - Queries

  /// Runs `body` within the time limit.
  func timed<Value>(_ body: () throws(SandboxError) -> Value) throws(SandboxError) -> Value {
    let end = ContinuousClock.now + limits.time
    database.setProgressHandler { [control] in control.isCancelled || ContinuousClock.now >= end }
    do throws(SandboxError) {
      return try body()
    } catch {
      guard error.code == .cancelled, !control.isCancelled else { throw Self.external(error) }
      throw SandboxError(.timeout, "the query was stopped: it took longer than \(limits.time)", cause: error)
    }
  }

  /// The columns of a table: name and declared type.
  func columns(of table: (schema: String, name: String)) throws(SandboxError) -> [(name: String, type: String)] {
    // The pragma itself reads nothing but the schema, but its kind is not allowed to queries.
    database.setAuthorizer(nil)
    defer { restrict() }
    return try database.rows(
      "SELECT name, type FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1", [.text(table.name), .text(table.schema)]
    ) { (name: $0.text(0), type: $0.text(1)) }
  }

  /// The table as a query may write it.
  func reference(to table: (schema: String, name: String)) -> String {
    table.schema == "main" ? table.name : "\(table.schema).\(Self.quotedIfNeeded(table.name))"
  }

  static func quotedIfNeeded(_ name: String) -> String {
    let isPlain =
      name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") } && !(name.first?.isNumber ?? true)
    return isPlain && !SQLiteConnection.isKeyword(name) ? name : SQLiteConnection.quoted(name)
  }

  /// An unreadable file of the user's is his mistake, and no reason to distrust our own storage.
  private static func external(_ error: SandboxError) -> SandboxError {
    guard error.code == .io || error.code == .internalError || error.code == .alreadyExists else { return error }
    return SandboxError(.invalidArgument, error.message, cause: error.cause)
  }
}
