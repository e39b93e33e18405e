import Glibc
import SandboxCore
import SandboxIO
import SandboxSQLite
import Testing

@Suite struct TableDatabaseTests {
  private let database = TableDatabase()

  /// Writes the files into a folder, and gives them as sources in the order of their names.
  private func withFiles(_ files: [String: String], _ body: ([TableSource]) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      for (name, text) in files { try write(text, to: folder + "/" + name) }
      try await body(files.keys.sorted().map { TableSource(path: folder + "/" + $0, name: $0) })
    }
  }

  private func rows(_ file: String, _ text: String, _ sql: String) async throws -> [[JSONValue]] {
    var rows: [[JSONValue]] = []
    try await withFiles([file: text]) { rows = try await database.query(sql, $0).rows }
    return rows
  }

  private func columns(_ file: String, _ text: String) async throws -> [String] {
    var columns: [String] = []
    try await withFiles([file: text]) { sources in
      columns = try await database.describe(sources[0]).tables[0].columns.map { "\($0.name):\($0.type)" }
    }
    return columns
  }

  private func error(_ file: String, _ text: String, _ sql: String = "SELECT 1") async throws -> SandboxError {
    var error: SandboxError?
    try await withFiles([file: text]) { sources in
      error = try await #require(throws: SandboxError.self) { try await database.query(sql, sources) }
    }
    return try #require(error)
  }

  // MARK: - Delimited text

  @Test func quotesEmbeddedLinesAndLineEnds() async throws {
    let text = "a,b,c\r\n1,\"x, \"\"y\"\"\",\"line 1\r\nline 2\"\r\n\r\n2,,\"\"\n3,it\"s, z "
    #expect(
      try await rows("t.csv", text, "SELECT * FROM t") == [
        [1, "x, \"y\"", "line 1\r\nline 2"], [2, nil, nil], [3, "it\"s", " z "],
      ])
  }

  @Test(arguments: [(",", "t.csv"), (";", "t.csv"), ("\t", "t.csv"), ("\t", "t.tsv"), ("\t", "t.tab"), ("\t", "T.TSV")])
  func delimitersAreFound(delimiter: String, file: String) async throws {
    let text = "\u{FEFF}name\(delimiter)\"v,;\"\(delimiter)w\nx\(delimiter)1\(delimiter)0.5\n"
    #expect(try await rows(file, text, "SELECT name, \"v,;\" + w FROM t") == [["x", 1.5]])
  }

  @Test func typesHoldAllValues() async throws {
    let text = """
      int,real,mixed,zip,big,empty,quoted,spaced,exp,neg,word
      1,1,1,01234,123456789012345678901,,"7", 5 ,1e3,-1,nan
      -5,2.5,x,99999,1,,"8",6,-2.5E-3,-0.5,1
      9007199254740993,,,,,,,,,,
      """
    #expect(
      try await columns("t.csv", text) == [
        "int:INTEGER", "real:REAL", "mixed:TEXT", "zip:TEXT", "big:TEXT", "empty:TEXT", "quoted:INTEGER",
        "spaced:INTEGER", "exp:REAL", "neg:REAL", "word:TEXT",
      ])
    #expect(
      try await rows("t.csv", text, "SELECT int, mixed, zip, big, empty, spaced FROM t LIMIT 1") == [
        [1, "1", "01234", "123456789012345678901", nil, 5]
      ])
    #expect(try await rows("t.csv", text, "SELECT max(int) FROM t") == [[9_007_199_254_740_993]])
  }

  @Test func columnNamesAreKeptAndMadeUnique() async throws {
    #expect(
      try await columns("t.csv", " My Col ,id,ID,,id,\"a\"\"b\"\n1,2,3,4,5,6,7\n") == [
        "My Col:INTEGER", "id:INTEGER", "ID_2:INTEGER", "column4:INTEGER", "id_3:INTEGER", "a\"b:INTEGER",
        "column7:INTEGER",
      ])
    #expect(try await rows("t.csv", "My Col,x\n5,1\n6\n", "SELECT \"My Col\", x FROM t") == [[5, 1], [6, nil]])
    // Trailing delimiters make no column.
    #expect(try await columns("t.csv", "a,b\n1,2,,\n") == ["a:INTEGER", "b:INTEGER"])
  }

  @Test func commentsAndOddQuotesOfTabFiles() async throws {
    let text = "# made by hand\n#\nid\tlength\n\"5 inch\t12\n# between\n3' \"x\"\t7\n"
    #expect(try await rows("t.tab", text, "SELECT id, length FROM t") == [["\"5 inch", 12], ["3' \"x\"", 7]])
    #expect(try await rows("t.csv", "a,b\n#1,2\n", "SELECT a FROM t") == [["#1"]])
  }

  @Test func malformedTextNamesTheLine() async throws {
    #expect(try await error("t.csv", "a,b\n1,2\n3,\"4\n5,6\n").message == "t.csv, line 3: a quote is not closed")
    #expect(try await error("t.csv", "a\n\"1\"2\n").message.contains("line 2"))
    #expect(try await error("t.csv", "").message.contains("empty"))
    #expect(try await error("t.csv", "\n\n").code == .invalidArgument)
    #expect(try await error("t.txt", "a\n").message.contains(".csv"))
    #expect(try await error("csv", "a\n").code == .invalidArgument)
    let wide = (0..<2001).map(String.init).joined(separator: ",")
    #expect(try await error("t.csv", wide).code == .limitExceeded)
    try await withTemporaryFolder { folder in
      try write([0xff, 0xfe, 0x61, 0x00], to: folder + "/t.csv")
      let error = try await #require(throws: SandboxError.self) {
        try await database.describe(TableSource(path: folder + "/t.csv"))
      }
      #expect(error.message.contains("UTF-16"))
      // Text that is not UTF-8 is read with replacements.
      try write([0x61, 0x0a, 0xe9, 0x0a], to: folder + "/latin.csv")
      let result = try await database.query("SELECT a FROM latin", [TableSource(path: folder + "/latin.csv")])
      #expect(result.rows == [["\u{FFFD}"]])
    }
  }

  // MARK: - JSON

  @Test func jsonLinesAreRows() async throws {
    let text = """
      {"id": 1, "name": "é", "tags": ["a", {"b": 2}], "ok": true}
      {"id": 2, "score": 1.5, "name": null}\r

      {"score": 2, "id": 9007199254740993, "mixed": "x"}
      {"mixed": 7, "big": 123456789012345678901234567890}
      """
    for file in ["t.jsonl", "t.ndjson"] {
      #expect(
        try await columns(file, text) == [
          "id:INTEGER", "name:TEXT", "tags:TEXT", "ok:INTEGER", "score:REAL", "mixed:TEXT", "big:TEXT",
        ])
      #expect(
        try await rows(file, text, "SELECT id, name, tags ->> '$[1].b', ok, score, mixed, big FROM t") == [
          [1, "é", 2, 1, nil, nil, nil], [2, nil, nil, nil, 1.5, nil, nil],
          [9_007_199_254_740_993, nil, nil, nil, 2.0, "x", nil],
          [nil, nil, nil, nil, nil, "7", "123456789012345678901234567890"],
        ])
    }
    let wrong = try await error("t.jsonl", "{\"a\": 1}\n{\"a\": }\n")
    #expect(wrong.code == .invalidArgument)
    #expect(wrong.message.hasPrefix("t.jsonl, line 2: "))
    #expect(try await error("t.jsonl", "\n").code == .invalidArgument)
  }

  @Test func jsonArraysAreTables() async throws {
    #expect(
      try await rows("t.json", "[{\"a\": 1}, {\"A\": 2, \"b\": \"x\"}]", "SELECT a, A_2, b FROM t") == [
        [1, nil, nil], [nil, 2, "x"],
      ])
    #expect(try await rows("t.json", "[3, 4]", "SELECT sum(value) FROM t") == [[7]])
    #expect(try await rows("t.json", "{\"a\": [1, 2]}", "SELECT value FROM t, json_each(t.a)") == [[1], [2]])
    #expect(try await error("t.json", "[]").code == .invalidArgument)
    #expect(try await error("t.json", "[1,").message.hasPrefix("t.json: "))
  }

  // MARK: - SQLite files

  @Test func databasesAreReadOnly() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/my da%ta?#'\".db"
      do {
        let db = try SQLiteConnection(path, mode: .readWriteCreate)
        try db.execute(
          """
          CREATE TABLE "a b"(x INTEGER, y TEXT);
          INSERT INTO "a b" VALUES (1, 'one'), (2, NULL);
          CREATE VIEW v AS SELECT x * 2 AS d FROM "a b"
          """
        )
      }
      let before = try BoundedFile.read(path, limit: 1 << 20)
      let source = TableSource(path: path, name: "my-data.db")
      let description = try await database.describe(source)
      #expect(description.tables.map(\.name) == ["my_data.\"a b\"", "my_data.v"])
      #expect(description.tables[0].rowCount == 2)
      #expect(description.tables[0].columns.map(\.nonNullCount) == [2, 1])
      #expect(description.tables[0].columns.map(\.examples) == [[1, 2], ["one"]])
      let result = try await database.query(
        "SELECT sum(d) FROM my_data.v UNION ALL SELECT count(*) FROM \"a b\"", [source])
      #expect(result.rows == [[6], [2]])
      for sql in ["DELETE FROM my_data.\"a b\"", "DROP VIEW my_data.v", "UPDATE my_data.\"a b\" SET x = 1"] {
        let error = try await #require(throws: SandboxError.self) { try await database.query(sql, [source]) }
        #expect(error.code == .denied, "\(sql): \(error)")
      }
      #expect(try BoundedFile.read(path, limit: 1 << 20) == before)
      #expect(try FolderListing(of: folder).entries.count == 1)
    }
  }

  @Test func aDatabaseInUseIsReadWithItsLog() async throws {
    try await withTemporaryFolder { folder in
      let writer = try SQLiteConnection(folder + "/w.sqlite", mode: .readWriteCreate)
      try writer.setPragma("journal_mode", "wal")
      try writer.execute("CREATE TABLE t(v); INSERT INTO t VALUES (1), (2)")
      let result = try await database.query("SELECT count(*) FROM w.t", [TableSource(path: folder + "/w.sqlite")])
      #expect(result.rows == [[2]])
    }
  }

  @Test func damagedDatabasesAreTheUsersMistake() async throws {
    #expect(try await error("t.db", "no database").code == .invalidArgument)
    #expect(try await error("t.db", "").code == .invalidArgument)
    try await withTemporaryFolder { folder in
      try write(Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0xa5, count: 8192), to: folder + "/x.db")
      let error = try await #require(throws: SandboxError.self) {
        try await database.describe(TableSource(path: folder + "/x.db", name: "x.db"))
      }
      #expect(error.code == .invalidArgument)
    }
  }

  // MARK: - Queries

  @Test func severalFilesJoin() async throws {
    try await withFiles([
      "orders.csv": "id,customer\n1,a\n2,b\n3,a\n", "people.jsonl": "{\"id\":\"a\",\"name\":\"Ann\"}\n",
      "order.csv": "n\n1\n", "2024 x.csv": "n\n5\n",
    ]) { sources in
      let sql = "SELECT name, count(*) AS n FROM orders JOIN people ON customer = people.id GROUP BY 1"
      let result = try await database.query(sql, sources)
      #expect(result.columns == ["name", "n"])
      #expect(result.rows == [["Ann", 2]])
      #expect(!result.truncated)
      // A name that SQL has taken, and one that starts with a digit.
      #expect(
        try await database.query("SELECT (SELECT n FROM order_) + (SELECT n FROM t_2024_x)", sources).rows == [[6]])
    }
    try await withTemporaryFolder { folder in
      mkdir(folder + "/x", 0o700)
      try write("v\n1\n", to: folder + "/t.csv")
      try write("v\n2\n", to: folder + "/x/T.csv")
      let sources = [TableSource(path: folder + "/t.csv"), TableSource(path: folder + "/x/T.csv")]
      #expect(try await database.query("SELECT t.v, T_2.v FROM t, T_2", sources).rows == [[1, 2]])
    }
  }

  @Test func analystsFunctionsAreThere() async throws {
    #expect(
      try await rows(
        "t.csv", "v\n1\n2\n3\n10\n",
        "SELECT median(v), round(stddev(v), 3), round(sqrt(variance_pop(v)), 3), avg(v) FROM t")
        == [[2.5, 4.082, 3.536, 4.0]])
  }

  @Test func wrongSQLIsAnsweredWithTheTables() async throws {
    let missing = try await error("my data.csv", "A b,c\n1,2\n", "SELECT x FROM my_data")
    #expect(missing.code == .invalidArgument)
    #expect(missing.message.contains("no such column: x"))
    #expect(missing.message.contains("Tables: my_data(\"A b\", c)"))
    for sql in ["SELEC", "", "SELECT 1; SELECT 2", "SELECT ?", "SELECT * FROM none"] {
      #expect(try await error("t.csv", "a\n1\n", sql).code == .invalidArgument, "\(sql)")
    }
  }

  @Test func onlyReadingIsAllowed() async throws {
    for sql in [
      "DROP TABLE t", "INSERT INTO t VALUES (1)", "CREATE TABLE u(v)", "CREATE TEMP TABLE u AS SELECT 1",
      "ATTACH '/tmp/evil.db' AS e", "PRAGMA table_info(t)", "PRAGMA writable_schema = 1", "SELECT load_extension('x')",
      "VACUUM INTO '/tmp/evil.db'", "BEGIN", "SELECT * FROM pragma_database_list", "DELETE FROM t RETURNING *",
    ] {
      let error = try await error("t.csv", "a\n1\n", sql)
      #expect([.denied, .invalidArgument].contains(error.code), "\(sql): \(error)")
    }
    #expect(access("/tmp/evil.db", F_OK) != 0)
    #expect(
      try await rows(
        "t.csv", "a\n1\n",
        "WITH RECURSIVE n(i) AS (SELECT a FROM t UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n") == [
          [1], [2], [3],
        ])
  }

  @Test func resultsAreBounded() async throws {
    let text = "v\n" + (0..<1000).map { "\($0)\n" }.joined()
    try await withFiles(["t.csv": text]) { sources in
      let result = try await database.query("SELECT v FROM t ORDER BY v", sources)
      #expect(result.rows.count == 200)
      #expect(result.rowCount == 1000)
      #expect(result.truncated)
      #expect(result.rows.last == [199])
      let exact = try await database.query("SELECT v FROM t LIMIT 200", sources)
      #expect(exact.rows.count == 200 && !exact.truncated)
      let wide = try await database.query("SELECT printf('%.*c', 1000, 'é') FROM t", sources)
      #expect(wide.rows.count < 70 && wide.rowCount == 1000 && wide.truncated)
      let long = try await database.query("SELECT replace(printf('%.*c', 60000, 'x'), 'x', '🎉') AS v", sources)
      #expect(long.rows.count == 1 && long.truncated)
      #expect(long.rows[0][0].stringValue.map { $0.utf8.count <= (64 << 10) + 3 && $0.hasSuffix("🎉…") } == true)
      let many = try await database.query("SELECT a.v FROM t a, t b", sources)
      #expect(many.rowCount == 100_000 && many.truncated)
      let blob = try await database.query("SELECT x'0102', 9e999, NULL", sources)
      #expect(blob.rows == [["[2 bytes]", "inf", nil]])
      var small = TableLimits()
      small.fileSize = text.utf8.count - 1
      let error = try await #require(throws: SandboxError.self) {
        try await TableDatabase(limits: small).query("SELECT 1", sources)
      }
      #expect(error.code == .limitExceeded)
    }
  }

  private let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

  @Test func timeIsBounded() async throws {
    try await withFiles(["t.csv": "a\n1\n"]) { sources in
      var limits = TableLimits()
      limits.time = .milliseconds(100)
      let error = try await #require(throws: SandboxError.self) {
        try await TableDatabase(limits: limits).query(endless, sources)
      }
      #expect(error.code == .timeout)
      // What there is in time is given: only counting the rest was too slow.
      let rows = try await TableDatabase(limits: limits).query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i <= 300", sources)
      #expect(rows.rows.count == 200 && rows.rowCount == 300 && rows.truncated)
    }
  }

  @Test func cancellingStopsTheQuery() async throws {
    try await withFiles(["t.csv": "a\n1\n"]) { sources in
      var limits = TableLimits()
      limits.time = .seconds(3600)
      let database = TableDatabase(limits: limits)
      let endless = endless
      await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { _ = try await database.query(endless, sources) }
        try? await Task.sleep(for: .milliseconds(50))
        group.cancelAll()
        let error = await #expect(throws: SandboxError.self) { try await group.next() }
        #expect(error?.code == .cancelled)
      }
    }
  }

  @Test func descriptionsAreForPeopleAndModels() async throws {
    try await withFiles(["t.csv": "a,b\n1,x\n1,\n2,\(String(repeating: "y", count: 200))\n"]) { sources in
      let description = try await database.describe(sources[0])
      #expect(!description.truncated)
      let table = description.tables[0]
      #expect(table.rowCount == 3)
      #expect(table.columns[0].examples == [1, 2])
      #expect(table.columns[1].nonNullCount == 2)
      #expect(table.columns[1].examples[1].stringValue?.count == 81)
      #expect(description.json["tables"]?[0]?["name"] == "t")
      #expect(description.json["tables"]?[0]?["columns"]?[1]?["nonNullCount"] == 2)
    }
  }
}
