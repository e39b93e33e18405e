extension KeyShape {
  /// A JSON Web Token (RFC 7519) in its compact form: the beginnings of two JSON objects in base 64 for URLs.
  static func jsonWebToken(at position: Int, _ text: inout TextProbe) -> Match? {
    guard text.isStartOfWord(position), let dot = text.end(of: .word, from: position, limit: 1_024),
      dot - position >= 12, text.has(".eyJ", at: dot)
    else { return nil }
    for offset in 4..<12 {
      guard let byte = text.byte(at: dot + offset), ByteClass.word.contains(byte) else { return nil }
    }
    return Match(range: position..<(dot + 12), tail: .token)
  }

  /// The armour of a private key (RFC 7468, and what OpenSSL and PGP write), with at least the beginning of the key.
  static func privateKey(at position: Int, _ text: inout TextProbe) -> Match? {
    guard text.has("-----BEGIN ", at: position) else { return nil }
    let label = position + 11
    guard let labelEnd = text.end(of: labelCharacters, from: label, limit: 40), text.has("-----", at: labelEnd),
      ["PRIVATE KEY", "PRIVATE KEY BLOCK"].contains(where: { (name: StaticString) in
        let start = labelEnd - name.utf8CodeUnitCount
        return start >= label && text.has(name, at: start)
      })
    else { return nil }
    var body = labelEnd + 5
    let latest = body + 8
    while body < latest, let byte = text.byte(at: body) {
      if byte == UInt8(ascii: "\\") { body += 2 } else if lineBreaks.contains(byte) { body += 1 } else { break }
    }
    for header in ["Proc-Type:", "Version:", "Comment:"] as [StaticString] where text.has(header, at: body) {
      return Match(range: position..<(body + header.utf8CodeUnitCount), tail: .privateKey)
    }
    for offset in 0..<16 {
      guard let byte = text.byte(at: body + offset), ByteClass.base64.contains(byte) else { return nil }
    }
    return Match(range: position..<(body + 16), tail: .privateKey)
  }

  private static let labelCharacters = ByteClass.upper.adding(" ")
  private static let lineBreaks = ByteClass(" \r\n\t")
}
