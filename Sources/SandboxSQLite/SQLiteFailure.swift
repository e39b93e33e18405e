internal import CSQLite
internal import SandboxCore

/// What SQLite itself said about a failed call; the `cause` of every error this module throws.
package struct SQLiteFailure: Error, Sendable, Hashable {
  /// SQLite's extended result code (https://www.sqlite.org/rescode.html).
  package let extendedCode: Int32
  package let message: String

  /// The result code without its detail, as `SQLITE_BUSY`.
  package var primaryCode: Int32 { extendedCode & 0xff }
}

extension SQLiteFailure: CustomStringConvertible {
  package var description: String { "SQLite \(extendedCode): \(message)" }
}

extension SQLiteFailure {
  init(connection: OpaquePointer?, result: Int32) {
    let extended = connection.map { sqlite3_extended_errcode($0) } ?? result
    // The connection's last error is of another call when the codes do not agree.
    let isLast = extended & 0xff == result & 0xff
    let text = isLast ? connection.flatMap { sqlite3_errmsg($0) } : sqlite3_errstr(result)
    self.init(
      extendedCode: isLast ? extended : result,
      message: text.map { String(cString: $0) } ?? "unknown error")
  }

  func error(_ context: String) -> SandboxError {
    SandboxError(code, "\(context): \(message)", cause: self, retry: code == .conflict ? .backoff : .never)
  }

  private var code: SandboxError.Code {
    switch extendedCode {
    case Self.constraintUnique, Self.constraintPrimaryKey: return .alreadyExists
    default: break
    }
    switch primaryCode {
    case SQLITE_IOERR, SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_PROTOCOL:
      return .io
    case SQLITE_BUSY, SQLITE_LOCKED: return .conflict
    case SQLITE_INTERRUPT: return .cancelled
    case SQLITE_AUTH, SQLITE_PERM: return .denied
    case SQLITE_TOOBIG: return .limitExceeded
    case SQLITE_NOMEM, SQLITE_MISUSE, SQLITE_INTERNAL: return .internalError
    default: return .invalidArgument
    }
  }

  // Swift does not import these macros, as they are expressions.
  private static let constraintUnique = SQLITE_CONSTRAINT | (8 << 8)
  private static let constraintPrimaryKey = SQLITE_CONSTRAINT | (6 << 8)
}
