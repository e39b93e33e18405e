/// The kinds of files that can be read as tables.
package enum TableFormat: String, Sendable, Hashable, CaseIterable {
  /// Separated by comma, semicolon or tab, whichever the first line has most of.
  case csv
  /// Separated by tabs.
  case tsv
  /// Separated by tabs, with comment lines that start with `#`.
  case tab
  /// One JSON object a line.
  case jsonLines
  /// One JSON array of objects.
  case json
  case sqlite

  /// By the file name's ending; nil for any other.
  package init?(path: String) {
    guard let dot = path.lastIndex(of: "."), dot > path.lastIndex(of: "/") ?? path.startIndex else { return nil }
    switch path[path.index(after: dot)...].lowercased() {
    case "csv": self = .csv
    case "tsv": self = .tsv
    case "tab": self = .tab
    case "jsonl", "ndjson": self = .jsonLines
    case "json": self = .json
    case "db", "sqlite", "sqlite3": self = .sqlite
    default: return nil
    }
  }

  package static let endings = ".csv, .tsv, .tab, .jsonl, .ndjson, .json, .db, .sqlite, .sqlite3"
}
