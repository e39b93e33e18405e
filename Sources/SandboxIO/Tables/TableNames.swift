import SandboxSQLite

/// Gives out names that SQL can use, each once. SQLite does not tell upper from lower case in names.
struct TableNames {
  private var taken: Set<String>

  init(reserved: [String] = []) { taken = Set(reserved) }

  /// A name for the table of a file: its stem, with anything but ASCII letters, digits and `_` replaced.
  mutating func table(forFile name: String) -> String {
    let file = name.split(separator: "/").last ?? ""
    let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
    var result = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    if result.first?.isNumber ?? true || result.lowercased().hasPrefix("sqlite_") { result = "t_" + result }
    if SQLiteConnection.isKeyword(result) { result += "_" }
    return unique(result)
  }

  /// A name for a column: as it is written, without white space around it.
  mutating func column(_ header: String, number: Int) -> String {
    var name = header[...]
    name = name.drop(while: \.isWhitespace)
    while name.last?.isWhitespace ?? false { name.removeLast() }
    // SQLite ends a name at a NUL character.
    let clean = String(name.prefix(200)).split(separator: "\0").joined()
    return unique(clean.isEmpty ? "column\(number)" : clean)
  }

  private mutating func unique(_ name: String) -> String {
    var result = name
    var number = 2
    while !taken.insert(result.lowercased()).inserted {
      result = "\(name)_\(number)"
      number += 1
    }
    return result
  }
}
