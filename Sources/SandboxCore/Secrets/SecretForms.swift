/// The ways in which programs usually write a secret. All are looked for as they are; no form is shorter than the secret.
enum SecretForms {
  static let leastBytes = 8

  static func all(of secret: [UInt8]) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = [secret]
    forms.formUnion(shell(secret))
    forms.formUnion(markup(secret))
    forms.formUnion(json(secret))
    forms.insert(misread(secret))
    // JSON in a JSON string, and what a shell or a page has in one.
    for form in forms { forms.insert(jsonEscaped(form, .plain)) }
    forms.formUnion(base64(secret))
    forms.formUnion(percent(secret))
    forms.insert(rewritten(secret) { byte, text in appendHexadecimal(byte, lower, to: &text) })
    forms.insert(rewritten(secret) { byte, text in appendHexadecimal(byte, upper, to: &text) })
    return forms
  }

  /// UTF-8 that was taken for Latin-1, as many servers take a header's value.
  private static func misread(_ secret: [UInt8]) -> [UInt8] {
    rewritten(secret) { byte, text in text.append(contentsOf: String(Unicode.Scalar(byte)).utf8) }
  }

  static let lower = Array("0123456789abcdef".utf8)
  static let upper = Array("0123456789ABCDEF".utf8)

  static func appendHexadecimal(_ byte: UInt8, _ digits: [UInt8], to text: inout [UInt8]) {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }

  static func rewritten(_ bytes: some Collection<UInt8>, _ write: (UInt8, inout [UInt8]) -> Void) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 3)
    for byte in bytes { write(byte, &text) }
    return text
  }

  /// Both alphabets at each of the three places that a secret can have among other bytes: the characters that depend on
  /// the secret alone, and those to the end when nothing comes after it.
  private static func base64(_ secret: [UInt8]) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = []
    for before in 0..<3 {
      let text = Array(Base64.encode([UInt8](repeating: 0, count: before) + secret).utf8)
      let certain = ((before * 8 + 5) / 6)..<((before + secret.count) * 8 / 6)
      let padded = text[certain.lowerBound...]
      for form in [text[certain], padded, padded.prefix { $0 != UInt8(ascii: "=") }] {
        forms.insert(Array(form))
        if before == 0 { forms.formUnion(wrapped(Array(form))) }
        guard form.contains(where: signs.contains) else { continue }
        forms.insert(form.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? 0x5F : $0 })
        // In a query.
        forms.insert(percent(form, upper))
        forms.insert(percent(form, lower))
      }
    }
    return forms
  }

  /// In lines, as `base64` writes it, and as PEM and MIME have it.
  private static func wrapped(_ form: [UInt8]) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = []
    for width in [64, 76] where form.count > width {
      for lineBreak in ["\n", "\r\n"] {
        let lines = stride(from: 0, to: form.count, by: width).map { form[$0..<min($0 + width, form.count)] }
        forms.insert(Array(lines.joined(separator: lineBreak.utf8)))
      }
    }
    return forms
  }

  private static let signs = ByteClass("+/=")
}
