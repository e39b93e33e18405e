internal import CSQLite

/// What a statement would do, as SQLite asks the authorizer while it compiles the statement.
package struct SQLiteAction: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case select
    /// Reads a column: first is the table, second the column.
    case read
    /// Calls a function: second is its name.
    case function
    case recursive
    case insert
    case update
    case delete
    case pragma
    case attach
    case detach
    case transaction
    /// Any other action, with SQLite's action code.
    case other(Int32)
  }

  package let kind: Kind
  package let first: String?
  package let second: String?
  /// The schema concerned, as `main`.
  package let schema: String?

  init(
    code: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?, _ schema: UnsafePointer<CChar>?
  ) {
    kind =
      switch code {
      case SQLITE_SELECT: .select
      case SQLITE_READ: .read
      case SQLITE_FUNCTION: .function
      case SQLITE_RECURSIVE: .recursive
      case SQLITE_INSERT: .insert
      case SQLITE_UPDATE: .update
      case SQLITE_DELETE: .delete
      case SQLITE_PRAGMA: .pragma
      case SQLITE_ATTACH: .attach
      case SQLITE_DETACH: .detach
      case SQLITE_TRANSACTION: .transaction
      default: .other(code)
      }
    self.first = first.map { String(cString: $0) }
    self.second = second.map { String(cString: $0) }
    self.schema = schema.map { String(cString: $0) }
  }
}
