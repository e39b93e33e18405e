extension SecretForms {
  static let unreserved = ByteClass.word.adding(".~")
  private static let everything = ByteClass("")

  /// What RFC 3986 writers leave as it is differs; space may be `+` (HTML forms). Or all is encoded.
  static func percent(_ secret: [UInt8]) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = []
    for digits in [lower, upper] {
      forms.insert(percent(secret, keeping: everything, digits))
      guard !secret.allSatisfy(ByteClass.word.contains) else { continue }
      for more in ["", "/", "!'()*", ";,/?:@&=+$!'()*#"] as [StaticString] {
        forms.insert(percent(secret, keeping: unreserved.adding(more), digits))
      }
      forms.insert(percent(secret, digits, plus: true))
      forms.insert(percent(secret, keeping: ByteClass.word.adding(".*"), digits, plus: true))
    }
    return forms
  }

  static func percent(
    _ bytes: some Collection<UInt8>, keeping kept: ByteClass = unreserved, _ digits: [UInt8], plus: Bool = false
  ) -> [UInt8] {
    rewritten(bytes) { byte, text in
      if plus, byte == UInt8(ascii: " ") {
        text.append(UInt8(ascii: "+"))
      } else if kept.contains(byte) {
        text.append(byte)
      } else {
        text.append(UInt8(ascii: "%"))
        appendHexadecimal(byte, digits, to: &text)
      }
    }
  }
}
