/// Character references in HTML text (WHATWG HTML, section 13.2.5.72 and following).
enum HTMLEntities {
  private static let longestName = 32
  private static let ampersand = UInt8(ascii: "&")
  private static let semicolon = UInt8(ascii: ";")

  /// The bytes as text, with every reference that is understood replaced by its character. Invalid UTF-8 is replaced.
  ///
  /// - Parameter isAttribute: in an attribute's value a name without semicolon counts only when it does not go on,
  ///   because addresses are full of `&copy=1`.
  static func decode(_ bytes: ArraySlice<UInt8>, isAttribute: Bool = false) -> String {
    guard var next = bytes.firstIndex(of: ampersand) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = bytes.startIndex
    while next < bytes.endIndex {
      result += bytes[position..<next]
      if let (scalar, end) = reference(in: bytes, at: next + 1, isAttribute) {
        result += String(scalar).utf8
        position = end
      } else {
        result.append(ampersand)
        position = next + 1
      }
      next = bytes[position...].firstIndex(of: ampersand) ?? bytes.endIndex
    }
    result += bytes[position...]
    return String(decoding: result, as: UTF8.self)
  }

  /// The character whose reference begins here, behind its ampersand, and where that ends.
  private static func reference(
    in bytes: ArraySlice<UInt8>, at start: Int, _ isAttribute: Bool
  ) -> (Unicode.Scalar, end: Int)? {
    guard start < bytes.endIndex else { return nil }
    if bytes[start] == UInt8(ascii: "#") { return number(in: bytes, at: start + 1) }
    let name = bytes[start...].prefix(longestName).prefix(while: \.isASCIIAlphanumeric)
    guard !name.isEmpty else { return nil }
    if name.endIndex < bytes.endIndex, bytes[name.endIndex] == semicolon,
      let scalar = HTMLEntityNames.scalars[Substring(decoding: name, as: UTF8.self)]
    {
      return (scalar, name.endIndex + 1)
    }
    for length in stride(from: min(name.count, HTMLEntityNames.longestWithoutSemicolon), to: 1, by: -1) {
      let prefix = Substring(decoding: name.prefix(length), as: UTF8.self)
      guard HTMLEntityNames.withoutSemicolon.contains(prefix) else { continue }
      let end = start + length
      if isAttribute, end < bytes.endIndex, bytes[end].isASCIIAlphanumeric || bytes[end] == UInt8(ascii: "=") {
        return nil
      }
      return HTMLEntityNames.scalars[prefix].map { ($0, end) }
    }
    return nil
  }

  private static func number(in bytes: ArraySlice<UInt8>, at start: Int) -> (Unicode.Scalar, end: Int)? {
    let isHexadecimal = start < bytes.endIndex && bytes[start] | 0x20 == UInt8(ascii: "x")
    let radix: UInt32 = isHexadecimal ? 16 : 10
    let first = isHexadecimal ? start + 1 : start
    var position = first
    var value: UInt32 = 0
    while position < bytes.endIndex, let digit = bytes[position].hexadecimalDigit, digit < radix {
      // Beyond the last character there is nothing to tell apart.
      value = min(value * radix + digit, 0x11_0000)
      position += 1
    }
    guard position > first else { return nil }
    if position < bytes.endIndex, bytes[position] == semicolon { position += 1 }
    return (scalar(value), position)
  }

  private static func scalar(_ value: UInt32) -> Unicode.Scalar {
    if (0x80...0x9f).contains(value) { return Windows1252.scalar(UInt8(value)) }
    guard value != 0, let scalar = Unicode.Scalar(value) else { return "\u{fffd}" }
    return scalar
  }
}

extension UInt8 {
  var isASCIILetter: Bool { (0x61...0x7a).contains(self | 0x20) }
  var isASCIIAlphanumeric: Bool { isASCIILetter || (0x30...0x39).contains(self) }
  /// What separates words in HTML: tab, line feed, form feed, carriage return, space.
  var isHTMLSpace: Bool { self == 0x20 || self == 0x0a || self == 0x09 || self == 0x0d || self == 0x0c }

  fileprivate var hexadecimalDigit: UInt32? {
    switch self {
    case 0x30...0x39: UInt32(self) - 0x30
    case 0x61...0x66: UInt32(self) - 0x61 + 10
    case 0x41...0x46: UInt32(self) - 0x41 + 10
    default: nil
    }
  }
}
