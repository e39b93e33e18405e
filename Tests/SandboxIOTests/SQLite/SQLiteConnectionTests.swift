import Dispatch
import Glibc
import SandboxCore
import SandboxSQLite
import Testing

@Suite struct SQLiteConnectionTests {
  private func memory() throws -> SQLiteConnection { try SQLiteConnection("", mode: .inMemory) }

  @Test func everyKindOfValueComesBackAsItWent() throws {
    let db = try memory()
    try db.execute("CREATE TABLE t(v)")
    let values: [SQLiteValue] = [
      .null, .int(.min), .int(.max), .real(-0.5), .text(""), .text("a\0b é 🎉"), .blob([]), .blob([0, 255, 0]),
    ]
    for value in values { #expect(try db.run("INSERT INTO t VALUES (?)", [value]) == 1) }
    #expect(try db.query("SELECT v FROM t ORDER BY rowid").map { $0[0] } == values)
    #expect(db.lastInsertRowID == Int64(values.count))
  }

  @Test func statementsAreCachedAndReentrant() throws {
    let db = try memory()
    let sql = "SELECT value FROM json_each(?)"
    #expect(try db.prepare(sql) === db.prepare(sql))
    var seen: [Int64] = []
    try db.forEachRow(sql, ["[1,2]"]) { outer in
      try db.forEachRow(sql, ["[10,20]"]) { inner in
        seen.append(outer.int(0) * 100 + inner.int(0))
      }
    }
    #expect(seen == [110, 120, 210, 220])
  }

  @Test func wrongSQLIsAnInvalidArgumentWithSQLitesText() throws {
    let db = try memory()
    let error = try #require(throws: SandboxError.self) { try db.query("SELEC 1") }
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("near \"SELEC\""))
    #expect((error.cause as? SQLiteFailure)?.primaryCode == 1)
    for sql in ["SELECT 1; SELECT 2", "", " -- nothing", "SELECT ?1, ?2"] {
      #expect(throws: SandboxError.self) { try db.query(sql, [1]) }
    }
    #expect(try db.scalar("SELECT 1 ; -- the end\n ") == 1)
  }

  @Test func constraintsNameTheirKind() throws {
    let db = try memory()
    try db.execute("CREATE TABLE t(k INTEGER PRIMARY KEY, u TEXT UNIQUE, n TEXT NOT NULL) STRICT")
    try db.run("INSERT INTO t VALUES (1, 'a', '')")
    func code(_ sql: String) -> SandboxError.Code? {
      do { try db.run(sql); return nil } catch { return error.code }
    }
    #expect(code("INSERT INTO t VALUES (1, 'b', '')") == .alreadyExists)
    #expect(code("INSERT INTO t VALUES (2, 'a', '')") == .alreadyExists)
    #expect(code("INSERT INTO t VALUES (2, 'b', NULL)") == .invalidArgument)
    #expect(code("INSERT INTO t VALUES (2, 'b', '')") == nil)
  }

  @Test func transactionsAndSavepointsRollBackAlone() throws {
    let db = try memory()
    try db.execute("CREATE TABLE t(v)")
    let stop = SandboxError(.conflict, "stop")
    #expect(throws: SandboxError.self) {
      try db.transaction {
        try db.run("INSERT INTO t VALUES (1)")
        throw stop
      }
    }
    #expect(!db.isInTransaction)
    try db.transaction {
      try db.run("INSERT INTO t VALUES (2)")
      do throws(SandboxError) {
        try db.savepoint {
          try db.savepoint { try db.run("INSERT INTO t VALUES (3)") }
          throw stop
        }
      } catch { #expect(error.code == .conflict) }
      try db.savepoint { try db.run("INSERT INTO t VALUES (4)") }
    }
    try db.transaction {
      try db.run("INSERT INTO t VALUES (5)")
      if try db.scalar("SELECT count(*) FROM t") == 0 { throw stop }
    }
    #expect(try db.query("SELECT v FROM t") == [[2], [4], [5]])
  }

  @Test func pragmasAreReadBack() throws {
    try withTemporaryFolder { folder in
      let db = try SQLiteConnection(folder + "/a.db", mode: .readWriteCreate)
      try db.setPragma("page_size", 8192)
      try db.setPragma("journal_mode", "WAL")
      try db.setPragma("synchronous", 2)
      try db.setPragma("locking_mode", "exclusive")
      try db.setPragma("foreign_keys", 1)
      #expect(try db.pragma("journal_mode") == "wal")
      #expect(throws: SandboxError.self) { try db.setPragma("no_such_pragma", 1) }
      #expect(throws: SandboxError.self) { try db.setPragma("x; DROP TABLE t", 1) }
      let memory = try self.memory()
      let error = try #require(throws: SandboxError.self) { try memory.setPragma("journal_mode", "wal") }
      #expect(error.code == .unsupported)
    }
  }

  @Test func fileErrorsAreTold() throws {
    try withTemporaryFolder { folder in
      let missing = try #require(throws: SandboxError.self) {
        try SQLiteConnection(folder + "/none/x.db", mode: .readWriteCreate)
      }
      #expect(missing.code == .io)
      let path = folder + "/x.db"
      let first = try SQLiteConnection(path, mode: .readWriteCreate)
      try first.execute("CREATE TABLE t(v); BEGIN IMMEDIATE")
      let second = try SQLiteConnection(path, mode: .readWriteCreate)
      try second.setBusyTimeout(.milliseconds(20))
      let busy = try #require(throws: SandboxError.self) {
        try second.transaction { try second.run("INSERT INTO t VALUES (1)") }
      }
      #expect(busy.code == .conflict)
      #expect(busy.retry == .backoff)
      let reader = try SQLiteConnection(path, mode: .readOnly)
      let readOnly = try #require(throws: SandboxError.self) { try reader.run("CREATE TABLE u(v)") }
      #expect(readOnly.code == .io)
      try write("this is no database, only a long enough text to be read as a header of one", to: folder + "/y.db")
      let text = try SQLiteConnection(folder + "/y.db", mode: .readOnly)
      let notADatabase = try #require(throws: SandboxError.self) { try text.tableNames() }
      #expect(notADatabase.code == .io)
    }
  }

  @Test func authorizerDenies() throws {
    let db = try memory()
    try db.execute("CREATE TABLE t(v); CREATE TABLE secret(v)")
    db.setAuthorizer { action in
      switch action.kind {
      case .select: true
      case .read: action.first != "secret"
      default: false
      }
    }
    #expect(try db.query("SELECT v FROM t") == [])
    for sql in [
      "SELECT v FROM secret", "DELETE FROM t", "ATTACH '/tmp/x' AS x", "PRAGMA user_version", "SELECT abs(1)",
    ] {
      let error = try #require(throws: SandboxError.self) { try db.query(sql) }
      #expect(error.code == .denied, "\(sql): \(error)")
    }
    db.setAuthorizer(nil)
    #expect(try db.scalar("SELECT abs(-1)") == 1)
  }

  private let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

  @Test func progressHandlerStopsAnEndlessQuery() throws {
    let db = try memory()
    var calls = 0
    db.setProgressHandler(every: 1000) {
      calls += 1
      return calls >= 5
    }
    let error = try #require(throws: SandboxError.self) { try db.query(endless) }
    #expect(error.code == .cancelled)
    #expect(calls == 5)
    db.setProgressHandler(nil)
    #expect(try db.scalar("SELECT 1") == 1)
  }

  @Test func anotherThreadInterrupts() throws {
    let db = try memory()
    let handle = db.interruptHandle
    let done = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      while done.wait(timeout: .now() + .milliseconds(5)) == .timedOut { handle.interrupt() }
    }
    let error = try #require(throws: SandboxError.self) { try db.query(endless) }
    done.signal()
    #expect(error.code == .cancelled)
  }

  @Test func anInterruptAfterClosingDoesNothing() throws {
    var db: SQLiteConnection? = try memory()
    let handle = try #require(db).interruptHandle
    db = nil
    handle.interrupt()
  }

  @Test func statistics() throws {
    let db = try memory()
    try db.addStatisticFunctions()
    try db.execute(
      "CREATE TABLE t(g, v); INSERT INTO t VALUES ('a',2),('a',4),('a',4),('a',4),('a',5),('a',5),('a',7),('a',9)")
    try db.execute("INSERT INTO t VALUES ('b', 1), ('b', NULL), ('b', 'text'), ('c', NULL)")
    let rows = try db.query(
      "SELECT g, median(v), stddev_pop(v), variance_pop(v), stddev(v) IS NULL FROM t GROUP BY g ORDER BY g")
    #expect(rows[0] == ["a", .real(4.5), .real(2), .real(4), 0])
    #expect(rows[1] == ["b", .real(1), .real(0), .real(0), 1])
    #expect(rows[2] == ["c", .null, .null, .null, 1])
    let deviation = try #require(try db.scalar("SELECT stddev(v) FROM t WHERE g = 'a'")?.realValue)
    #expect(abs(deviation - 2.138089935) < 1e-8)
  }

  @Test func tablesAreListedAndIdentifiersQuoted() throws {
    let db = try memory()
    try db.execute(
      """
      CREATE TABLE \(SQLiteConnection.quoted("we\"ird")) (v INTEGER PRIMARY KEY AUTOINCREMENT);
      CREATE VIEW a AS SELECT 1
      """
    )
    #expect(try db.tableNames() == ["a", "we\"ird"])
  }
}
