import SandboxCore
import SandboxSQLite

extension TableSession {
  /// Rows that are counted at most when not all are returned.
  private static let largestRowCount = 100_000
  private static let largestHint = 2000

  /// Runs one query and gives what fits the limits.
  func query(_ sql: String) throws(SandboxError) -> TableResult {
    do throws(SandboxError) {
      return try timed { () throws(SandboxError) in try run(sql) }
    } catch {
      switch error.code {
      case .denied:
        throw SandboxError(
          .denied, "only queries that read are possible here (SELECT): \(error.message)", cause: error.cause)
      case .invalidArgument:
        throw SandboxError(.invalidArgument, "\(error.message). Tables: \(hint)", cause: error.cause)
      default: throw error
      }
    }
  }

  private func run(_ sql: String) throws(SandboxError) -> TableResult {
    let statement = try database.prepare(sql)
    guard statement.parameterCount == 0 else {
      throw SandboxError(.invalidArgument, "the query has parameters; write the values into it")
    }
    let columns = statement.columnNames
    // So that at least one row fits.
    let largestValue = max(64, limits.resultSize / max(1, columns.count))
    var rows: [[JSONValue]] = []
    var rowCount = 0
    var size = 0
    var isFull = false
    var truncated = false
    while rowCount < Self.largestRowCount {
      do throws(SandboxError) {
        guard try statement.step() else { break }
      } catch {
        // A row that would only be counted ends the count when the time is over, not the query.
        isFull = isFull || rows.count >= limits.rows
        guard error.code == .cancelled, !control.isCancelled, isFull else { throw error }
        break
      }
      rowCount += 1
      if isFull { continue }
      var row: [JSONValue] = []
      for column in columns.indices {
        let (value, bytes, isCut) = Self.json(statement, column, largestValue)
        row.append(value)
        size += bytes
        truncated = truncated || isCut
      }
      isFull = rows.count >= limits.rows || (size > limits.resultSize && !rows.isEmpty)
      if !isFull { rows.append(row) }
    }
    return TableResult(
      columns: columns, rows: rows, rowCount: rowCount, truncated: truncated || isFull)
  }

  /// A column's value, its size as text, and whether it was cut to `limit` bytes.
  static func json(_ row: SQLiteStatement, _ column: Int, _ limit: Int) -> (JSONValue, size: Int, isCut: Bool) {
    switch row.value(column) {
    case .null: return (.null, 4, false)
    case .int(let value): return (.int(value), 20, false)
    case .real(let value): return (value.isFinite ? .double(value) : .string("\(value)"), 20, false)
    case .blob(let bytes): return (.string("[\(bytes.count) bytes]"), 20, false)
    case .text(let text):
      guard text.utf8.count > limit else { return (.string(text), text.utf8.count + 2, false) }
      var end = text.utf8.index(text.startIndex, offsetBy: limit)
      while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
      return (.string(text[..<end] + "…"), limit + 5, true)
    }
  }

  /// The tables with their columns, for whoever has to correct a query.
  private var hint: String {
    var result = ""
    for table in tables {
      let columns = (try? self.columns(of: table).map { Self.quotedIfNeeded($0.name) }) ?? []
      result += "\(result.isEmpty ? "" : ", ")\(reference(to: table))(\(columns.joined(separator: ", ")))"
      if result.utf8.count > Self.largestHint { return result.prefix(Self.largestHint) + "…" }
    }
    return result.isEmpty ? "none" : result
  }
}
