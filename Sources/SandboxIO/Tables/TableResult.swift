package import SandboxCore

/// The answer to a query.
package struct TableResult: Sendable, Hashable {
  package let columns: [String]
  /// The values in the order of ``columns``.
  package let rows: [[JSONValue]]
  /// Rows that the query has, returned or not; counted to 100 000 and within the time limit at most.
  package let rowCount: Int
  /// Whether rows are missing or values are cut.
  package let truncated: Bool

  package var json: JSONValue {
    [
      "columns": .array(columns.map { .string($0) }),
      "rows": .array(rows.map { .array($0) }),
      "rowCount": .int(Int64(rowCount)),
      "truncated": .bool(truncated),
    ]
  }
}
