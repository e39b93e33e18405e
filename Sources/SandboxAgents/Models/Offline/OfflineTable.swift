import SandboxCore

/// A table as a describing tool told of it.
struct OfflineTable: Sendable, Hashable {
  let path: String?
  let name: String
  var columns: [Column]
  let rowCount: Int?

  struct Column: Sendable, Hashable {
    let name: String
    let isNumeric: Bool
    let distinct: Int?
    let examples: [String]

    /// Stems of its name without a unit at the end.
    var stems: [String] {
      let words = OfflineWords(name).words
      let hasUnit = words.count > 1 && words.last.map(OfflineLexicon.isUnit) == true
      return (hasUnit ? words.dropLast() : words[...]).map(OfflineLexicon.stem)
    }

    /// Its name in words, without a unit at the end.
    var phrase: String { OfflineWords(name).words.prefix(stems.count).joined(separator: " ") }

    var unit: String? { OfflineWords(name).words.last.flatMap(OfflineLexicon.unit) }
    var isTemporal: Bool { stems.contains { OfflineLexicon.temporal.contains($0) || $0 == "dat" || $0 == "tim" } }
    var isIdentifier: Bool { stems.last == "id" || stems.last == "code" || stems.last == "cod" || stems.last == "key" }
  }

  /// Nil when `object` does not look like the description of a table: a name, and columns with names.
  init?(_ object: JSONObject, path: String?) {
    guard let columns = object["columns"]?.arrayValue, columns.contains(where: { $0["name"]?.stringValue != nil })
    else {
      return nil
    }
    guard let name = object.first("name", "table")?.stringValue else { return nil }
    self.name = name
    self.path = path
    rowCount = object.first("rowCount", "rows", "row_count")?.intValue
    self.columns = columns.compactMap { column in
      guard let name = column["name"]?.stringValue else { return nil }
      let object = column.objectValue ?? [:]
      let examples = (object.first("examples", "samples", "values", "top")?.arrayValue ?? [])
        .map { $0["value"] ?? $0 }
      let type = object.first("type")?.stringValue?.lowercased()
      let isNumeric =
        type.map { type in ["int", "real", "num", "double", "float", "dec"].contains { type.contains($0) } }
        ?? (!examples.isEmpty && examples.allSatisfy(\.isNumber))
      return Column(
        name: name, isNumeric: isNumeric,
        distinct: object.first("distinct", "distinctCount", "unique", "cardinality")?.intValue,
        examples: examples.map { $0.stringValue ?? $0.text() })
    }
  }
}
