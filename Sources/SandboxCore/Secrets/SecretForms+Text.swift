extension SecretForms {
  /// In single quotes, in double quotes, and with a backslash before whatever is special to a shell.
  static func shell(_ secret: [UInt8]) -> Set<[UInt8]> {
    guard secret.contains(where: { !ByteClass.word.contains($0) }) else { return [] }
    let plain = ByteClass.word.adding("./:=@%+,")
    return [
      replacing(secret) { $0 == UInt8(ascii: "'") ? "'\\''" : nil },
      replacing(secret) { $0 == UInt8(ascii: "'") ? "'\"'\"'" : nil },
      escaping(secret) { inDoubleQuotes.contains($0) },
      escaping(secret) { $0 < 0x80 && !plain.contains($0) },
      // As Python and JavaScript show a string.
      escaping(secret) { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\\") },
    ]
  }

  private static let inDoubleQuotes = ByteClass("$`\"\\")
  private static let marks = ByteClass("&<>\"'/=`")

  /// As XML and HTML writers do, who differ about quotes and what they escape to be safe.
  static func markup(_ secret: [UInt8]) -> Set<[UInt8]> {
    guard secret.contains(where: marks.contains) else { return [] }
    var forms: Set<[UInt8]> = []
    for quote in secret.contains(UInt8(ascii: "\"")) ? ["&quot;", "&#34;", nil] : [nil] as [StaticString?] {
      for apostrophe in secret.contains(UInt8(ascii: "'"))
        ? ["&apos;", "&#39;", "&#x27;", "&#039;", nil] : [nil] as [StaticString?]
      {
        for isCareful in [false, true] {
          forms.insert(replacing(secret) { entity(of: $0, quote, apostrophe, isCareful: isCareful) })
        }
      }
    }
    return forms
  }

  private static func entity(
    of byte: UInt8, _ quote: StaticString?, _ apostrophe: StaticString?, isCareful: Bool
  ) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): quote
    case UInt8(ascii: "'"): apostrophe
    case UInt8(ascii: "/"): isCareful ? "&#x2F;" : nil
    case UInt8(ascii: "="): isCareful ? "&#x3D;" : nil
    case UInt8(ascii: "`"): isCareful ? "&#x60;" : nil
    default: nil
    }
  }

  private static func replacing(_ secret: [UInt8], _ replacement: (UInt8) -> StaticString?) -> [UInt8] {
    rewritten(secret) { byte, text in
      if let replacement = replacement(byte) {
        replacement.withUTF8Buffer { text.append(contentsOf: $0) }
      } else {
        text.append(byte)
      }
    }
  }

  private static func escaping(_ secret: [UInt8], _ isEscaped: (UInt8) -> Bool) -> [UInt8] {
    rewritten(secret) { byte, text in
      if isEscaped(byte) { text.append(UInt8(ascii: "\\")) }
      text.append(byte)
    }
  }
}
