import SandboxCore

/// Turns what a model calls a file into a name that is safe as a file name anywhere: `[A-Za-z0-9._-]`, 1 to 128
/// characters, no leading dot.
enum ArtifactName {
  /// - Parameter fileExtension: without the dot; appended unless the name already ends in it.
  static func make(_ wish: String, fileExtension: String) -> String {
    var stem = sanitized(wish)
    let suffix = "." + fileExtension
    if stem.lowercased().hasSuffix(suffix) { stem.removeLast(suffix.count) }
    stem = trimmed(String(stem.prefix(NameGrammar.maximumLength - suffix.count)))
    return (stem.isEmpty ? "untitled" : stem) + suffix
  }

  /// Makes any text a valid name and leaves a valid name as it is.
  static func sanitized(_ wish: String) -> String {
    var name = ""
    for character in wish.utf8 {
      if isKept(character) {
        name.unicodeScalars.append(Unicode.Scalar(character))
      } else if character < 0x80, name.last != "-" {
        name.append("-")
      }
    }
    let result = trimmed(String(name.prefix(NameGrammar.maximumLength)))
    return result.isEmpty ? "untitled" : result
  }

  /// `report.md` as `report-2.md`, for the second author of that name.
  static func numbered(_ name: String, _ number: Int) -> String {
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    let suffix = "-\(number)" + name[dot...]
    guard suffix.count < NameGrammar.maximumLength else { return "untitled-\(number)" }
    return name[..<dot].prefix(NameGrammar.maximumLength - suffix.count) + suffix
  }

  private static func trimmed(_ name: String) -> String {
    var name = name[...]
    while let first = name.first, first == "." || first == "-" { name.removeFirst() }
    while let last = name.last, last == "." || last == "-" { name.removeLast() }
    return String(name)
  }

  private static func isKept(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
