/// `{name}` in a manifest's texts: where an argument goes.
enum Placeholder {
  /// The name when the text is exactly `{name}`.
  static func whole(_ text: String) -> String? {
    guard let name = first(in: text), "{\(name)}" == text else { return nil }
    return name
  }

  /// The name in the first `{name}`. Other braces are text like any other.
  static func first(in text: String) -> String? { split(text).names.first }

  /// All names, and the text with a letter in the place of each.
  static func split(_ text: String) -> (names: [String], literal: String) {
    var names: [String] = []
    var literal = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      literal += rest[..<open]
      let inner = rest[rest.index(after: open)...]
      let close = inner.firstIndex { $0 == "}" || $0 == "{" }
      if let close, inner[close] == "}", isName(inner[..<close]) {
        names.append(String(inner[..<close]))
        literal.append("x")
        rest = inner[inner.index(after: close)...]
      } else {
        literal.append("{")
        rest = inner
      }
    }
    return (names, literal + rest)
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
      default: false
      }
    }
  }
}
