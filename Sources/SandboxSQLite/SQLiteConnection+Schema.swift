internal import CSQLite
package import SandboxCore

extension SQLiteConnection {
  /// A pragma's value, as `journal_mode` or `main.page_size`; nil when it has none.
  package func pragma(_ name: String) throws(SandboxError) -> SQLiteValue? {
    try checkPragmaName(name)
    return try scalar("PRAGMA \(name)")
  }

  /// Sets a pragma and reads it back, as SQLite ignores unknown pragmas and values silently. Text is compared without
  /// case; where SQLite answers with a number, give the number (`synchronous` FULL is 2, ON is 1).
  /// Throws `unsupported` when the value did not take.
  package func setPragma(_ name: String, _ value: SQLiteValue) throws(SandboxError) {
    try checkPragmaName(name)
    let literal: String
    switch value {
    case .int(let number): literal = String(number)
    case .text(let word) where word.utf8.allSatisfy(Self.isNameByte): literal = word
    default: throw SandboxError(.invalidArgument, "the pragma \(name) takes an integer or a word")
    }
    try execute("PRAGMA \(name) = \(literal)")
    let actual = try scalar("PRAGMA \(name)")
    let took =
      switch (value, actual) {
      case (.text(let wanted), .text(let actual)?): wanted.lowercased() == actual.lowercased()
      default: actual == value
      }
    guard took else {
      let text = actual.map { "\($0)" } ?? "nothing"
      throw SandboxError(.unsupported, "the pragma \(name) stays \(text), this SQLite does not set it to \(literal)")
    }
  }

  /// Names of the tables and views of a schema (`main`, or the name of an attached database) without SQLite's own.
  package func tableNames(schema: String = "main") throws(SandboxError) -> [String] {
    try rows(
      """
      SELECT name FROM \(Self.quoted(schema)).sqlite_schema
      WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
      """
    ) { $0.text(0) }
  }

  /// An identifier in quotes, safe to put into SQL whatever it contains.
  package static func quoted(_ identifier: String) -> String {
    "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// Whether SQLite gives the word a meaning of its own, so that it cannot be a name without quotes.
  package static func isKeyword(_ word: String) -> Bool {
    sqlite3_keyword_check(word, Int32(clamping: word.utf8.count)) != 0
  }

  /// How long a statement waits for another connection's lock before it throws `conflict`.
  package func setBusyTimeout(_ timeout: Duration) throws(SandboxError) {
    let (seconds, attoseconds) = timeout.components
    let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
    let clamped = Int32(max(0, min(milliseconds, 1e9)))
    try check(sqlite3_busy_timeout(handle, clamped), "SQLite cannot set the busy timeout")
  }

  private func checkPragmaName(_ name: String) throws(SandboxError) {
    guard !name.isEmpty, name.utf8.allSatisfy({ Self.isNameByte($0) || $0 == UInt8(ascii: ".") }) else {
      throw SandboxError(.invalidArgument, "'\(name)' is not the name of a pragma")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
