internal import CSQLite
package import SandboxCore

/// A prepared statement: bind values to its parameters (counted from 1), step through its rows, read the columns of the
/// current row (counted from 0), reset it.
///
/// Not thread-safe; it belongs to the owner of its connection. A statement that has delivered its last row is reset by
/// the next binding or step.
package final class SQLiteStatement {
  private let handle: OpaquePointer
  /// Held by a running query of the connection, so that the same SQL inside its row callback gets another statement.
  var isBorrowed = false

  init(handle: OpaquePointer) { self.handle = handle }

  deinit { sqlite3_finalize(handle) }

  var isBusy: Bool { isBorrowed || sqlite3_stmt_busy(handle) != 0 }

  package var sql: String { sqlite3_sql(handle).map { String(cString: $0) } ?? "" }
  package var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }
  /// True when the statement changes nothing in the database file.
  package var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

  /// Moves to the next row; false when there is none left. The statement is reset when this throws.
  package func step() throws(SandboxError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    case let result:
      let error = failure(result)
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Makes the statement ready to run again and forgets its bindings.
  package func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  private func failure(_ result: Int32) -> SandboxError {
    SQLiteFailure(connection: sqlite3_db_handle(handle), result: result).error("SQLite cannot run the statement")
  }

  private func check(_ result: Int32) throws(SandboxError) {
    if result != SQLITE_OK { throw failure(result) }
  }
}

// MARK: - Parameters

extension SQLiteStatement {
  package func bind(_ value: Int64, at index: Int) throws(SandboxError) {
    try check(sqlite3_bind_int64(handle, Int32(truncatingIfNeeded: index), value))
  }

  package func bind(_ value: Double, at index: Int) throws(SandboxError) {
    try check(sqlite3_bind_double(handle, Int32(truncatingIfNeeded: index), value))
  }

  package func bind(_ value: String, at index: Int) throws(SandboxError) {
    var value = value
    try check(value.withUTF8 { bindText($0, at: index) })
  }

  package func bind(_ value: [UInt8], at index: Int) throws(SandboxError) {
    try check(
      value.withUnsafeBytes { bytes in
        // A nil pointer would bind NULL in place of an empty blob.
        guard let base = bytes.baseAddress, bytes.count > 0 else {
          return sqlite3_bind_zeroblob(handle, Int32(truncatingIfNeeded: index), 0)
        }
        return sqlite3_bind_blob64(
          handle, Int32(truncatingIfNeeded: index), base, sqlite3_uint64(bytes.count), Self.transient)
      })
  }

  /// Binds UTF-8 text without making a `String` of it first.
  package func bind(utf8 bytes: UnsafeBufferPointer<UInt8>, at index: Int) throws(SandboxError) {
    try check(bindText(bytes, at: index))
  }

  package func bindNull(at index: Int) throws(SandboxError) {
    try check(sqlite3_bind_null(handle, Int32(truncatingIfNeeded: index)))
  }

  package func bind(_ value: SQLiteValue, at index: Int) throws(SandboxError) {
    switch value {
    case .null: try bindNull(at: index)
    case .int(let value): try bind(value, at: index)
    case .real(let value): try bind(value, at: index)
    case .text(let value): try bind(value, at: index)
    case .blob(let value): try bind(value, at: index)
    }
  }

  /// Binds all parameters. Throws `invalidArgument` when there are more or fewer values than parameters.
  package func bind(_ values: [SQLiteValue]) throws(SandboxError) {
    guard values.count == parameterCount else {
      throw SandboxError(
        .invalidArgument, "the statement has \(parameterCount) parameters but \(values.count) values were given")
    }
    for index in values.indices { try bind(values[index], at: index + 1) }
  }

  private func bindText(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int32 {
    let index = Int32(truncatingIfNeeded: index)
    guard let base = bytes.baseAddress, bytes.count > 0 else {
      return "".withCString { sqlite3_bind_text(handle, index, $0, 0, Self.transient) }
    }
    return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { pointer in
      sqlite3_bind_text64(
        handle, index, pointer, sqlite3_uint64(bytes.count), Self.transient, UInt8(truncatingIfNeeded: SQLITE_UTF8))
    }
  }

  /// `SQLITE_TRANSIENT`, a cast macro that Swift does not import: SQLite copies the bytes before it returns.
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

// MARK: - Columns

extension SQLiteStatement {
  package var columnCount: Int { Int(sqlite3_column_count(handle)) }

  package var columnNames: [String] {
    (0..<columnCount).map { index in
      sqlite3_column_name(handle, Int32(truncatingIfNeeded: index)).map { String(cString: $0) } ?? ""
    }
  }

  package func isNull(_ column: Int) -> Bool { type(column) == SQLITE_NULL }

  /// The column as an integer; 0 when it is NULL or not a number.
  package func int(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(truncatingIfNeeded: column)) }

  /// The column as a number; 0 when it is NULL or not a number.
  package func real(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(truncatingIfNeeded: column)) }

  /// The column as text, with invalid UTF-8 replaced; empty when it is NULL.
  package func text(_ column: Int) -> String {
    let index = Int32(truncatingIfNeeded: column)
    guard let pointer = sqlite3_column_text(handle, index) else { return "" }
    return String(
      decoding: UnsafeBufferPointer(start: pointer, count: Int(sqlite3_column_bytes(handle, index))), as: UTF8.self)
  }

  /// The column's bytes; empty when it is NULL.
  package func blob(_ column: Int) -> [UInt8] {
    let index = Int32(truncatingIfNeeded: column)
    guard let pointer = sqlite3_column_blob(handle, index) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: pointer, count: Int(sqlite3_column_bytes(handle, index))))
  }

  package func optionalInt(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }
  package func optionalReal(_ column: Int) -> Double? { isNull(column) ? nil : real(column) }
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
  package func optionalBlob(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

  /// Size of a text or blob column in bytes, without copying it.
  package func byteCount(_ column: Int) -> Int { Int(sqlite3_column_bytes(handle, Int32(truncatingIfNeeded: column))) }

  package func value(_ column: Int) -> SQLiteValue {
    switch type(column) {
    case SQLITE_INTEGER: .int(int(column))
    case SQLITE_FLOAT: .real(real(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }

  /// All columns of the current row.
  package var row: [SQLiteValue] { (0..<columnCount).map(value) }

  private func type(_ column: Int) -> Int32 { sqlite3_column_type(handle, Int32(truncatingIfNeeded: column)) }
}
