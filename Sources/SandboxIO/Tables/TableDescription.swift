package import SandboxCore

/// What tables a file has, so that a query can be written for them.
package struct TableDescription: Sendable, Hashable {
  package struct Table: Sendable, Hashable {
    /// As a query names it; tables of a database file are `file.table`.
    package let name: String
    package let columns: [Column]
    package let rowCount: Int
  }

  package struct Column: Sendable, Hashable {
    package let name: String
    /// `INTEGER`, `REAL`, `TEXT`, or what a database declares.
    package let type: String
    /// Rows in which the column is not NULL.
    package let nonNullCount: Int
    /// Up to three different values from the beginning of the table.
    package let examples: [JSONValue]
  }

  package let tables: [Table]
  /// Whether there are more tables than are described.
  package let truncated: Bool

  package var json: JSONValue {
    [
      "tables": .array(tables.map(\.json)),
      "truncated": .bool(truncated),
    ]
  }
}

extension TableDescription.Table {
  package var json: JSONValue {
    [
      "name": .string(name),
      "rowCount": .int(Int64(rowCount)),
      "columns": .array(
        columns.map { column in
          [
            "name": .string(column.name), "type": .string(column.type),
            "nonNullCount": .int(Int64(column.nonNullCount)), "examples": .array(column.examples),
          ]
        }),
    ]
  }
}
