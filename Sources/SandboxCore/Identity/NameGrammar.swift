/// The grammar of every id that becomes a file or row name: `^[A-Za-z0-9._-]{1,128}$`, not `.` or `..` (contract, 1).
package enum NameGrammar {
  package static let maximumLength = 128

  /// What is wrong with `text` as an id, or nil when it is fine.
  package static func problem(in text: String) -> String? {
    if text.isEmpty { return "is empty" }
    if text.utf8.count > maximumLength { return "is longer than \(maximumLength) characters" }
    if text == "." || text == ".." { return "is not a name" }
    guard text.utf8.allSatisfy(isAllowed) else { return "contains characters other than A-Z a-z 0-9 . _ -" }
    return nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
