import SandboxCore
import SandboxSQLite

extension TableLoader {
  /// Reads delimiter-separated text into a new table. The first record has the columns' names.
  static func load(
    _ bytes: [UInt8], _ format: TableFormat, _ source: TableSource, table: String,
    into database: SQLiteConnection, _ control: TableControl
  ) throws(SandboxError) {
    let result = bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(SandboxError) in
        var text = try DelimitedText(bytes, format: format, name: source.name)
        try load(&text, source, table: table, into: database, control)
      }
    }
    try result.get()
  }

  private static func load(
    _ text: inout DelimitedText, _ source: TableSource, table: String,
    into database: SQLiteConnection, _ control: TableControl
  ) throws(SandboxError) {
    guard try text.next() else {
      throw SandboxError(.invalidArgument, "\(source.name.forMessage) is empty; its first line must name the columns")
    }
    let header = text.fields.map(text.text)
    let types = try columnTypes(&text, atLeast: header.count, control)
    guard types.count <= largestColumnCount else {
      throw SandboxError(
        .limitExceeded, "\(source.name.forMessage) has \(types.count) columns; \(largestColumnCount) are possible")
    }
    var names = TableNames()
    let columns = types.indices.map { index in
      (name: names.column(index < header.count ? header[index] : "", number: index + 1), type: types[index])
    }
    var loader = try TableLoader(table, columns: columns, in: database, control)
    text.rewind()
    _ = try text.next()
    while try text.next() {
      let text = text
      try loader.row { (row) throws(SandboxError) in
        for (index, field) in text.fields.prefix(types.count).enumerated() {
          try bind(field, of: text, types[index], to: row, at: index + 1)
        }
      }
    }
  }

  /// The types of all columns, by all records. Records with more fields than the header has add columns, unless the
  /// fields are empty.
  private static func columnTypes(
    _ text: inout DelimitedText, atLeast count: Int, _ control: TableControl
  ) throws(SandboxError) -> [ColumnType] {
    var types = [ColumnType](repeating: .null, count: count)
    var records = 0
    while try text.next() {
      records += 1
      if records.isMultiple(of: 1024) { try control.check() }
      for (index, field) in text.fields.enumerated() {
        if index < types.count && types[index] == .text { continue }
        let type = text.withValue(field) { ColumnType.of(trimmed($0)) }
        if index < types.count {
          types[index] = max(types[index], type)
        } else if type != .null {
          types += [ColumnType](repeating: .null, count: index - types.count) + [type]
        }
      }
    }
    return types
  }

  private static func bind(
    _ field: DelimitedText.Field, of text: DelimitedText, _ type: ColumnType, to row: SQLiteStatement, at index: Int
  ) throws(SandboxError) {
    if field.bytes.isEmpty { return }
    let result = text.withValue(field) { bytes in
      Result { () throws(SandboxError) in
        if type == .text { return try row.bind(utf8: bytes, at: index) }
        let number = String(decoding: trimmed(bytes), as: UTF8.self)
        if type == .integer, let value = Int64(number) {
          try row.bind(value, at: index)
        } else if let value = Double(number) {
          try row.bind(value, at: index)
        }
      }
    }
    try result.get()
  }

  private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var result = bytes[...]
    while result.first == UInt8(ascii: " ") { result.removeFirst() }
    while result.last == UInt8(ascii: " ") { result.removeLast() }
    return result
  }
}
