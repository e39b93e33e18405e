extension SecretForms {
  /// What a JSON writer escapes beyond what it must.
  struct JSONEscapes {
    var slash = false
    /// Characters written as `\u`, as writers do that are careful about HTML.
    var careful = ByteClass("")
    var nonASCII = false
    var everything = false
    var digits = SecretForms.lower

    static let plain = JSONEscapes()
  }

  static func json(_ secret: [UInt8]) -> Set<[UInt8]> {
    let special = secret.filter { !ByteClass.word.contains($0) }
    var forms: Set<[UInt8]> = []
    for digits in [lower, upper] {
      forms.insert(jsonEscaped(secret, JSONEscapes(everything: true, digits: digits)))
      if special.isEmpty { continue }
      for careful in [ByteClass(""), ByteClass("<>&"), ByteClass("<>&'"), ByteClass("<>&'="), ByteClass("<>&'+\"`")] {
        for slash in special.contains(UInt8(ascii: "/")) ? [false, true] : [false] {
          for nonASCII in special.contains(where: { $0 > 127 }) ? [false, true] : [false] {
            forms.insert(
              jsonEscaped(secret, JSONEscapes(slash: slash, careful: careful, nonASCII: nonASCII, digits: digits)))
          }
        }
      }
    }
    return forms
  }

  static func jsonEscaped(_ bytes: [UInt8], _ escapes: JSONEscapes) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * (escapes.everything ? 6 : 2))
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let ascii = scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : nil
      if escapes.everything || ascii.map(escapes.careful.contains) ?? escapes.nonASCII {
        for unit in String(scalar).utf16 { append(unit, escapes.digits, to: &text) }
      } else if let ascii, let short = shortEscape(ascii, escapes) {
        text.append(UInt8(ascii: "\\"))
        text.append(short)
      } else if let ascii, ascii < 0x20 {
        append(UInt16(ascii), escapes.digits, to: &text)
      } else {
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return text
  }

  private static func append(_ unit: UInt16, _ digits: [UInt8], to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\\"))
    text.append(UInt8(ascii: "u"))
    appendHexadecimal(UInt8(unit >> 8), digits, to: &text)
    appendHexadecimal(UInt8(unit & 255), digits, to: &text)
  }

  private static func shortEscape(_ byte: UInt8, _ escapes: JSONEscapes) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    case UInt8(ascii: "/"): escapes.slash ? byte : nil
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    default: nil
    }
  }
}
