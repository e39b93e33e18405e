import SandboxCore
import SandboxSQLite

extension TableLoader {
  /// Reads one JSON value a line into a new table.
  static func loadLines(
    _ bytes: [UInt8], _ source: TableSource, table: String, into database: SQLiteConnection, _ control: TableControl
  ) throws(SandboxError) {
    try load(source, table: table, into: database, control) { (body) throws(SandboxError) in
      for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
        let line = index == 0 && line.starts(with: [0xef, 0xbb, 0xbf]) ? line.dropFirst(3) : line
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { continue }
        let place = "\(source.name.forMessage), line \(index + 1)"
        try body(try parse(line, size: bytes.count, place), place)
      }
    }
  }

  /// Reads a JSON array into a new table, an element a row. Anything else is a table of one row.
  static func loadArray(
    _ bytes: [UInt8], _ source: TableSource, table: String, into database: SQLiteConnection, _ control: TableControl
  ) throws(SandboxError) {
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
    let value = try parse(text, size: bytes.count, source.name.forMessage)
    try load(source, table: table, into: database, control) { (body) throws(SandboxError) in
      for (index, element) in (value.arrayValue ?? [value]).enumerated() {
        try body(element, "\(source.name.forMessage), element \(index)")
      }
    }
  }

  private static func parse(_ text: ArraySlice<UInt8>, size: Int, _ place: String) throws(SandboxError) -> JSONValue {
    do throws(SandboxError) {
      return try JSONValue(parsing: text, limits: JSONLimits(size: size))
    } catch {
      throw SandboxError(error.code, "\(place): \(error.message)", cause: error)
    }
  }

  /// Fills a table from `elements`, which calls its argument with each row and what errors call it, and is run twice:
  /// for the columns, which are all members that occur, and for the values.
  private static func load(
    _ source: TableSource, table: String, into database: SQLiteConnection, _ control: TableControl,
    _ elements: ((JSONValue, String) throws(SandboxError) -> Void) throws(SandboxError) -> Void
  ) throws(SandboxError) {
    var keys: [String] = []
    var types: [String: ColumnType] = [:]
    try elements { (element, place) throws(SandboxError) in
      try control.check()
      for (key, value) in members(of: element) {
        let type = columnType(of: value)
        if let known = types[key] {
          types[key] = max(known, type)
        } else {
          keys.append(key)
          types[key] = type
          guard keys.count <= largestColumnCount else {
            throw SandboxError(.limitExceeded, "\(place): more than \(largestColumnCount) different members")
          }
        }
      }
    }
    guard !keys.isEmpty else { throw SandboxError(.invalidArgument, "\(source.name.forMessage) has no rows") }
    var names = TableNames()
    let columns = keys.enumerated().map { index, key in
      (name: names.column(key, number: index + 1), type: types[key] ?? .text)
    }
    let positions = Dictionary(uniqueKeysWithValues: zip(keys, 1...))
    var loader = try TableLoader(table, columns: columns, in: database, control)
    try elements { (element, _) throws(SandboxError) in
      try loader.row { (row) throws(SandboxError) in
        for (key, value) in members(of: element) {
          guard let position = positions[key], let type = types[key] else { continue }
          try row.bind(sqlValue(of: value, type), at: position)
        }
      }
    }
  }

  /// A value that is no object is the only column of its row.
  private static func members(of element: JSONValue) -> [(key: String, value: JSONValue)] {
    element.objectValue.map { Array($0) } ?? [("value", element)]
  }

  private static func columnType(of value: JSONValue) -> ColumnType {
    switch value {
    case .null: .null
    case .bool, .int: .integer
    case .double: .real
    case .decimal, .string, .array, .object: .text
    }
  }

  /// Arrays and objects become JSON text, which SQLite's JSON functions read.
  private static func sqlValue(of value: JSONValue, _ type: ColumnType) -> SQLiteValue {
    switch value {
    case .null: .null
    case .bool(let value): type == .text ? .text(value ? "true" : "false") : .int(value ? 1 : 0)
    case .string(let text): .text(text)
    case .int(let value) where type != .text: .int(value)
    case .double(let value) where type != .text: .real(value)
    default: .text(value.text())
    }
  }
}
