/// Writes values as UTF-8. `/` and U+2028 are written as they are; they need no escape outside of HTML and JavaScript.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private let style: JSONStyle
  private var level = 0

  init(style: JSONStyle) { self.style = style }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: writeLiteral("null")
    case .bool(let value): writeLiteral(value ? "true" : "false")
    case .int(let value): write(value)
    case .double(let value):
      if value.isFinite { bytes.append(contentsOf: value.description.utf8) } else { writeLiteral("null") }
    case .decimal(let text):
      if DecimalNumber(text) != nil { bytes.append(contentsOf: text.utf8) } else { writeLiteral("null") }
    case .string(let text): write(text)
    case .array(let elements): write(elements)
    case .object(let object): write(object)
    }
  }

  private mutating func write(_ elements: [JSONValue]) {
    bytes.append(UInt8(ascii: "["))
    level += 1
    for (position, element) in elements.enumerated() {
      separate(isFirst: position == 0)
      write(element)
    }
    close(UInt8(ascii: "]"), isEmpty: elements.isEmpty)
  }

  private mutating func write(_ object: JSONObject) {
    var members = object.members
    if style == .canonical { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
    bytes.append(UInt8(ascii: "{"))
    level += 1
    for (position, member) in members.enumerated() {
      separate(isFirst: position == 0)
      write(member.key)
      bytes.append(UInt8(ascii: ":"))
      if style == .pretty { bytes.append(UInt8(ascii: " ")) }
      write(member.value)
    }
    close(UInt8(ascii: "}"), isEmpty: members.isEmpty)
  }

  private mutating func separate(isFirst: Bool) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    if style == .pretty { breakLine() }
  }

  private mutating func close(_ bracket: UInt8, isEmpty: Bool) {
    level -= 1
    if style == .pretty && !isEmpty { breakLine() }
    bytes.append(bracket)
  }

  private mutating func breakLine() {
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
  }

  private mutating func writeLiteral(_ literal: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  private mutating func write(_ value: Int64) { bytes.append(contentsOf: value.description.utf8) }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { text in
      var start = 0
      for position in text.indices {
        let byte = text[position]
        if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") { continue }
        bytes.append(contentsOf: text[start..<position])
        escape(byte)
        start = position + 1
      }
      bytes.append(contentsOf: text[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      let hexadecimal = String(byte, radix: 16)
      bytes.append(contentsOf: (hexadecimal.utf8.count == 1 ? "u000" : "u00").utf8)
      bytes.append(contentsOf: hexadecimal.utf8)
    }
  }
}
