import SandboxCore

/// Reads tool results, which may have been cut anywhere or be plain text.
enum OfflineJSON {
  /// The value of a JSON text; of one that was cut, all that was complete before the cut.
  static func parse(_ text: String) -> (value: JSONValue, isWhole: Bool)? {
    let text = text.drop { $0.isWhitespace }
    guard text.first == "{" || text.first == "[" else { return nil }
    if let value = try? JSONValue(parsing: String(text)) { return (value, true) }
    return repaired(Array(text.utf8)).map { ($0, false) }
  }

  private static func repaired(_ bytes: [UInt8]) -> JSONValue? {
    var open: [UInt8] = []
    var cut: (end: Int, open: [UInt8])?
    var isInString = false
    var isEscaped = false
    scan: for (index, byte) in bytes.enumerated() {
      if isInString {
        // No JSON string holds a raw control character: here a note about the cut begins.
        if byte < 0x20 { break }
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
      case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard open.popLast() == byte else { break scan }
        cut = (index + 1, open)
        if open.isEmpty { break scan }
      case UInt8(ascii: ","): cut = (index, open)
      case 0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"):
        break
      default: break scan
      }
    }
    guard let cut else { return nil }
    return try? JSONValue(parsing: Array(bytes[..<cut.end]) + cut.open.reversed())
  }

  /// All objects inside a value, outer ones first, each with the key under which it or its array stands.
  static func objects(in value: JSONValue, under key: String = "", _ visit: (String, JSONObject) -> Void) {
    switch value {
    case .object(let object):
      visit(key, object)
      for (key, member) in object { objects(in: member, under: key, visit) }
    case .array(let elements): for element in elements { objects(in: element, under: key, visit) }
    default: break
    }
  }
}

extension JSONObject {
  /// The first of these members that is there.
  func first(_ keys: String...) -> JSONValue? {
    for key in keys { if let value = self[key], !value.isNull { return value } }
    return nil
  }
}
