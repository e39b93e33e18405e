internal import CSQLite
package import SandboxCore

extension SQLiteConnection {
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Runs `body` in a transaction that takes the write lock at once. Committed when `body` returns, rolled back when it
  /// or the commit throws. A commit that failed with `io` may still have reached the disk: its outcome is unknown.
  @discardableResult
  package func transaction<Value>(_ body: () throws -> Value) throws(SandboxError) -> Value {
    try run("BEGIN IMMEDIATE")
    do {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      // SQLite has already rolled back by itself after some errors, as a full disk.
      if isInTransaction { _ = try? run("ROLLBACK") }
      throw SandboxError.wrap(error)
    }
  }

  /// Runs `body` so that what it changed can be taken back alone: inside a transaction, or as one when none is open.
  /// May be nested.
  @discardableResult
  package func savepoint<Value>(_ body: () throws -> Value) throws(SandboxError) -> Value {
    // SQLite resolves equal names to the innermost savepoint, which is always ours.
    try run("SAVEPOINT nested")
    do {
      let value = try body()
      try run("RELEASE nested")
      return value
    } catch {
      if isInTransaction {
        _ = try? run("ROLLBACK TO nested")
        _ = try? run("RELEASE nested")
      }
      throw SandboxError.wrap(error)
    }
  }
}
