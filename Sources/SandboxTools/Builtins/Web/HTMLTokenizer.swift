/// Splits HTML into its tokens, whatever it looks like: broken markup is read as browsers read it (WHATWG HTML, section
/// 13.2.5), as far as that matters for text. Looks at each byte a bounded number of times.
struct HTMLTokenizer {
  private let bytes: [UInt8]
  private let isXML: Bool
  private var position = 0
  /// The element whose content is text up to its end tag, when one has just begun.
  private var rawElement: String?

  /// Their content is not markup.
  private static let rawElements: Set<String> = [
    "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
  ]
  /// Those of them whose text has character references.
  private static let decodedElements: Set<String> = ["textarea", "title"]

  /// - Parameter isXML: whether `<script/>` is a whole element.
  init(_ text: String, isXML: Bool = false) {
    bytes = Array(text.utf8)
    self.isXML = isXML
  }

  mutating func next() -> HTMLToken? {
    if let name = rawElement {
      rawElement = nil
      if let text = rawText(of: name) { return text }
    }
    while position < bytes.count {
      guard isMarkup(at: position) else { return text() }
      switch bytes[position + 1] {
      case UInt8(ascii: "!"), UInt8(ascii: "?"): skipDeclaration()
      case UInt8(ascii: "/"):
        if let token = endTag() { return token }
      default:
        if let token = startTag() { return token }
      }
    }
    return nil
  }

  // MARK: - Text

  /// Whether a tag, comment or declaration begins at this `<`.
  private func isMarkup(at index: Int) -> Bool {
    guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count else { return false }
    let next = bytes[index + 1]
    return next.isASCIILetter || next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
  }

  private mutating func text() -> HTMLToken {
    let start = position
    repeat {
      position = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
    } while position < bytes.count && !isMarkup(at: position)
    return .text(HTMLEntities.decode(bytes[start..<position]))
  }

  /// The text up to the element's end tag, which is left; nil when there is none.
  private mutating func rawText(of name: String) -> HTMLToken? {
    let start = position
    let name = Array(name.utf8)
    while position < bytes.count {
      position = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
      if isEndTag(of: name, at: position) { break }
      position = min(position + 1, bytes.count)
    }
    guard position > start else { return nil }
    let text = bytes[start..<position]
    let isDecoded = Self.decodedElements.contains(String(decoding: name, as: UTF8.self))
    return .text(isDecoded ? HTMLEntities.decode(text) : String(decoding: text, as: UTF8.self))
  }

  private func isEndTag(of name: [UInt8], at index: Int) -> Bool {
    let end = index + 2 + name.count
    guard end < bytes.count, bytes[index + 1] == UInt8(ascii: "/") else { return false }
    let border = bytes[end]
    return bytes[index + 2..<end].elementsEqual(name, by: { $0 | 0x20 == $1 })
      && (border.isHTMLSpace || border == UInt8(ascii: "/") || border == UInt8(ascii: ">"))
  }

  // MARK: - Tags

  private mutating func endTag() -> HTMLToken? {
    position += 2
    guard position < bytes.count else { return .text("</") }
    guard bytes[position].isASCIILetter else {
      skip(past: UInt8(ascii: ">"))
      return nil
    }
    let name = tagName()
    var tag = HTMLTag(name: name)
    guard attributes(&tag) else { return nil }
    return .end(name: name)
  }

  private mutating func startTag() -> HTMLToken? {
    position += 1
    var tag = HTMLTag(name: tagName())
    guard attributes(&tag) else { return nil }
    if Self.rawElements.contains(tag.name), !(isXML && tag.isSelfClosing) { rawElement = tag.name }
    return .start(tag)
  }

  private mutating func tagName() -> String {
    let start = position
    while position < bytes.count, !endsName(bytes[position]) { position += 1 }
    return lowercased(bytes[start..<position])
  }

  private func endsName(_ byte: UInt8) -> Bool {
    byte.isHTMLSpace || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
  }

  /// Reads to the end of the tag. False when the document ends before: such a tag does not count.
  private mutating func attributes(_ tag: inout HTMLTag) -> Bool {
    while true {
      while position < bytes.count, bytes[position].isHTMLSpace { position += 1 }
      guard position < bytes.count else { return false }
      switch bytes[position] {
      case UInt8(ascii: ">"):
        position += 1
        return true
      case UInt8(ascii: "/"):
        position += 1
        tag.isSelfClosing = position < bytes.count && bytes[position] == UInt8(ascii: ">")
      default:
        attribute(&tag)
      }
    }
  }

  private mutating func attribute(_ tag: inout HTMLTag) {
    let start = position
    // A name may begin with "=".
    position += 1
    while position < bytes.count, !endsName(bytes[position]), bytes[position] != UInt8(ascii: "=") { position += 1 }
    let name = lowercased(bytes[start..<position])
    while position < bytes.count, bytes[position].isHTMLSpace { position += 1 }
    var value: ArraySlice<UInt8> = []
    if position < bytes.count, bytes[position] == UInt8(ascii: "=") {
      position += 1
      value = attributeValue()
    }
    if tag.wants(name) { tag.set(name, HTMLEntities.decode(value, isAttribute: true)) }
  }

  private mutating func attributeValue() -> ArraySlice<UInt8> {
    while position < bytes.count, bytes[position].isHTMLSpace { position += 1 }
    guard position < bytes.count else { return [] }
    let quote = bytes[position]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let start = position + 1
      let end = bytes[start...].firstIndex(of: quote) ?? bytes.count
      position = min(end + 1, bytes.count)
      return bytes[start..<end]
    }
    let start = position
    while position < bytes.count, !bytes[position].isHTMLSpace, bytes[position] != UInt8(ascii: ">") { position += 1 }
    return bytes[start..<position]
  }

  // MARK: - What is left out

  private mutating func skipDeclaration() {
    guard bytes[position...].starts(with: "<!--".utf8) else { return skip(past: UInt8(ascii: ">")) }
    // "<!-->" and "<!--->" are whole comments.
    position += 2
    while position < bytes.count {
      guard let end = bytes[position...].firstIndex(of: UInt8(ascii: ">")) else { break }
      position = end + 1
      let tail = bytes[..<end]
      if tail.hasSuffix("--") || tail.hasSuffix("--!") { return }
    }
    position = bytes.count
  }

  private mutating func skip(past byte: UInt8) {
    position = bytes[position...].firstIndex(of: byte).map { $0 + 1 } ?? bytes.count
  }

  private func lowercased(_ name: ArraySlice<UInt8>) -> String {
    String(decoding: name.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}

extension ArraySlice<UInt8> {
  fileprivate func hasSuffix(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { suffix($0.count).elementsEqual($0) }
  }
}
