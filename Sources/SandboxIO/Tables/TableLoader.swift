import SandboxCore
import SandboxSQLite

/// Fills a table of a database in memory, row by row.
struct TableLoader {
  /// SQLite's own limit.
  static let largestColumnCount = 2000

  private let insert: SQLiteStatement
  private let control: TableControl
  private var rowCount = 0

  init(
    _ table: String, columns: [(name: String, type: ColumnType)], in database: SQLiteConnection, _ control: TableControl
  ) throws(SandboxError) {
    let declarations = columns.map { "\(SQLiteConnection.quoted($0.name)) \($0.type.declaration)" }
    try database.execute(
      "CREATE TABLE \(SQLiteConnection.quoted(table)) (\(declarations.joined(separator: ", ")))")
    let parameters = Array(repeating: "?", count: columns.count).joined(separator: ", ")
    insert = try database.prepare("INSERT INTO \(SQLiteConnection.quoted(table)) VALUES (\(parameters))")
    self.control = control
  }

  /// Inserts what `bind` binds; columns that it leaves out are NULL.
  mutating func row(_ bind: (SQLiteStatement) throws(SandboxError) -> Void) throws(SandboxError) {
    rowCount += 1
    if rowCount.isMultiple(of: 1024) { try control.check() }
    insert.reset()
    try bind(insert)
    _ = try insert.step()
  }
}
