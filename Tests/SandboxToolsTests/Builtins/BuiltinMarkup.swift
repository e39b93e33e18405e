import Testing

/// Checks that markup is well-formed: every element closed in order, attributes quoted and unique, nothing unescaped.
struct BuiltinMarkup {
  /// Elements of HTML that have no end tag.
  private static let void: Set<String> = ["meta", "br", "hr", "img"]

  /// Name and attributes of every element, in order.
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  /// Text outside of elements' tags and of `style`.
  private(set) var text = ""

  /// Fails the test, with the place, when `markup` is not well-formed.
  init(_ markup: String, isHTML: Bool) throws {
    var open: [String] = []
    var rest = markup[...]
    if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst(15) }
    while let character = rest.first {
      if open.last == "style" {
        let end = try #require(rest.firstRange(of: "</style>"), "style is not closed")
        rest = rest[end.lowerBound...]
      }
      guard rest.first == "<" else {
        if character == "&" { try Self.checkEntity(rest) }
        try #require(character != ">", "unescaped > before \(rest.prefix(60))")
        text.append(character)
        rest = rest.dropFirst()
        continue
      }
      let end = try #require(rest.firstIndex(of: ">"), "tag is not closed: \(rest.prefix(60))")
      let tag = rest[rest.index(after: rest.startIndex)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        try #require(open.popLast() == String(tag.dropFirst()), "\(tag) closes another element")
        continue
      }
      let isEmpty = tag.hasSuffix("/")
      let (name, attributes) = try Self.parse(isEmpty ? tag.dropLast() : tag)
      elements.append((name, attributes))
      if !isEmpty, !(isHTML && Self.void.contains(name)) { open.append(name) }
    }
    try #require(open.isEmpty, "not closed: \(open)")
  }

  private static func parse(_ tag: Substring) throws -> (String, [String: String]) {
    let name = tag.prefix { $0.isLetter || $0.isNumber }
    try #require(!name.isEmpty, "a < without a name: \(tag.prefix(60))")
    var attributes: [String: String] = [:]
    var rest = tag.dropFirst(name.count)
    while let start = rest.firstIndex(where: { $0 != " " }) {
      rest = rest[start...]
      let key = String(rest.prefix { $0 != "=" })
      try #require(key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }, "attribute \(key)")
      rest = rest.dropFirst(key.count)
      try #require(rest.hasPrefix("=\""), "\(key) is not quoted")
      let value = rest.dropFirst(2).prefix { $0 != "\"" }
      try #require(!value.contains("<"), "unescaped < in \(key)")
      for index in value.indices where value[index] == "&" { try checkEntity(value[index...]) }
      try #require(attributes.updateValue(String(value), forKey: key) == nil, "\(key) occurs twice")
      rest = rest.dropFirst(2 + value.count)
      try #require(rest.first == "\"", "\(key) is not closed")
      rest = rest.dropFirst()
    }
    return (String(name), attributes)
  }

  private static func checkEntity(_ text: Substring) throws {
    let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"]
    try #require(known.contains { text.hasPrefix($0) }, "unescaped & before \(text.prefix(60))")
  }
}
