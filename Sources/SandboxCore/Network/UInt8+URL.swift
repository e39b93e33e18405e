/// The characters of URLs (RFC 3986, appendix A).
extension UInt8 {
  static let slash = UInt8(ascii: "/")
  static let questionMark = UInt8(ascii: "?")
  static let hash = UInt8(ascii: "#")
  static let percent = UInt8(ascii: "%")
  static let colon = UInt8(ascii: ":")
  static let dot = UInt8(ascii: ".")

  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

  var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }

  /// A letter, a digit, a hyphen, or the underscore that no host name should have and some do.
  var isAllowedInName: Bool { isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }

  var isAllowedInTarget: Bool { isLetter || isDigit || "-._~!$&'()*+,;=:@/?".utf8.contains(self) }

  var percentEncoded: [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [.percent, digits[Int(self >> 4)], digits[Int(self & 15)]]
  }
}

extension ArraySlice<UInt8> {
  /// - Parameter text: in lower case.
  func hasPrefix(ignoringCase text: String) -> Bool {
    let lowercased = prefix(text.utf8.count).map { byte in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
    return lowercased.elementsEqual(text.utf8)
  }
}
