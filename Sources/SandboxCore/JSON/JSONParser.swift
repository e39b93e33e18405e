/// A recursive descent over UTF-8 bytes. The recursion is bounded by the depth limit.
struct JSONParser {
  let text: UnsafeBufferPointer<UInt8>
  var position = 0
  private var depth: Int
  private let deepest: Int

  init(_ text: UnsafeBufferPointer<UInt8>, depth: Int) {
    self.text = text
    self.depth = 0
    self.deepest = depth
  }

  mutating func document() throws(JSONSyntaxError) -> JSONValue {
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw failure("the text begins with a byte order mark; save it as UTF-8 without one")
    }
    skipSpace()
    let value = try value()
    skipSpace()
    if position < text.count { throw failure("unexpected \(found) after the end of the value") }
    return value
  }

  /// The next byte; zero, which begins nothing in JSON, at the end.
  @inline(__always)
  var byte: UInt8 { position < text.count ? text[position] : 0 }

  @inline(__always)
  mutating func skipSpace() {
    while true {
      switch byte {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    switch byte {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    case UInt8(ascii: "t") where take("true"): return true
    case UInt8(ascii: "f") where take("false"): return false
    case UInt8(ascii: "n") where take("null"): return .null
    default: throw failure("expected a value, found \(found)")
    }
  }

  private mutating func array() throws(JSONSyntaxError) -> [JSONValue] {
    try enter()
    var elements: [JSONValue] = []
    if byte == UInt8(ascii: "]") {
      leave()
      return elements
    }
    while true {
      elements.append(try value())
      skipSpace()
      switch byte {
      case UInt8(ascii: ","):
        position += 1
        skipSpace()
      case UInt8(ascii: "]"):
        leave()
        return elements
      default: throw failure("expected \",\" or \"]\", found \(found)")
      }
    }
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONObject {
    try enter()
    var object = JSONObject()
    if byte == UInt8(ascii: "}") {
      leave()
      return object
    }
    object.reserveCapacity(4)
    while true {
      guard byte == UInt8(ascii: "\"") else { throw failure("expected a key in quotes, found \(found)") }
      let start = position
      let key = try string()
      skipSpace()
      guard byte == UInt8(ascii: ":") else { throw failure("expected \":\", found \(found)") }
      position += 1
      skipSpace()
      guard object.appendIfNew(key, try value()) else {
        throw JSONSyntaxError(offset: start, problem: "the key \(key.quotedForMessage) occurs twice in an object")
      }
      skipSpace()
      switch byte {
      case UInt8(ascii: ","):
        position += 1
        skipSpace()
      case UInt8(ascii: "}"):
        leave()
        return object
      default: throw failure("expected \",\" or \"}\", found \(found)")
      }
    }
  }

  private mutating func enter() throws(JSONSyntaxError) {
    guard depth < deepest else { throw failure("more than \(deepest) arrays and objects are inside one another") }
    depth += 1
    position += 1
    skipSpace()
  }

  private mutating func leave() {
    depth -= 1
    position += 1
  }

  private mutating func take(_ literal: StaticString) -> Bool {
    let literal = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    guard text[position...].starts(with: literal) else { return false }
    position += literal.count
    return true
  }

  func failure(_ problem: String) -> JSONSyntaxError { JSONSyntaxError(offset: position, problem: problem) }

  /// The next character, for a message.
  var found: String {
    guard position < text.count else { return "the end of the text" }
    let byte = text[position]
    if byte > 0x20 && byte < 0x7F { return "\"\(Unicode.Scalar(byte))\"" }
    return "byte 0x" + String(byte, radix: 16, uppercase: true)
  }
}
