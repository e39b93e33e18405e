import SandboxCore
import SandboxSQLite

extension TableSession {
  private static let largestTableCount = 100
  private static let exampleCount = 3
  private static let exampleRows = 100
  private static let exampleSize = 80

  func describe() throws(SandboxError) -> TableDescription {
    try timed { () throws(SandboxError) in
      var described: [TableDescription.Table] = []
      for table in tables.prefix(Self.largestTableCount) { described.append(try describe(table)) }
      return TableDescription(tables: described, truncated: tables.count > described.count)
    }
  }

  private func describe(_ table: (schema: String, name: String)) throws(SandboxError) -> TableDescription.Table {
    let columns = try columns(of: table)
    let path = "\(SQLiteConnection.quoted(table.schema)).\(SQLiteConnection.quoted(table.name))"
    let names = columns.map { SQLiteConnection.quoted($0.name) }
    let counts =
      try database.query("SELECT count(*)\(names.map { ", count(\($0))" }.joined()) FROM \(path)")
      .first?.map { Int($0.intValue ?? 0) } ?? []
    var examples = [[JSONValue]](repeating: [], count: columns.count)
    let sample = "SELECT \(names.joined(separator: ", ")) FROM \(path) LIMIT \(Self.exampleRows)"
    if !columns.isEmpty {
      try database.forEachRow(sample) { row in
        for column in columns.indices where examples[column].count < Self.exampleCount && !row.isNull(column) {
          let (value, _, _) = Self.json(row, column, Self.exampleSize)
          if !examples[column].contains(value) { examples[column].append(value) }
        }
      }
    }
    return TableDescription.Table(
      name: reference(to: table),
      columns: columns.indices.map { index in
        TableDescription.Column(
          name: columns[index].name, type: columns[index].type,
          nonNullCount: counts.indices.contains(index + 1) ? counts[index + 1] : 0, examples: examples[index])
      },
      rowCount: counts.first ?? 0)
  }
}
