import SandboxCore
import SandboxSQLite

@testable import SandboxStore

extension SQLiteJournal {
  func pragma(_ name: String) throws -> SQLiteValue? { try openConnection().pragma(name) }

  /// From now on the file may not grow: SQLite then answers as on a full disk.
  func forbidGrowth() throws {
    let connection = try openConnection()
    let pages = try connection.pragma("page_count")?.intValue ?? 1
    try connection.run("PRAGMA max_page_count = \(pages)")
  }

  func query(_ sql: String) throws -> [[SQLiteValue]] { try openConnection().query(sql) }
  func execute(_ sql: String) throws { try openConnection().execute(sql) }
}

/// Runs SQL on a journal that nobody has open.
func withDatabase<Value>(_ folder: String, _ body: (SQLiteConnection) throws -> Value) throws -> Value {
  let connection = try SQLiteConnection("\(folder)/journal.db", mode: .readWriteCreate)
  return try body(connection)
}

/// The error that `body` throws, if it is one of ours.
func sandboxError(_ body: () async throws -> Void) async -> SandboxError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? SandboxError
  }
}
