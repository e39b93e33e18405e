extension KeyShape {
  static let userCharacters = ByteClass.word.adding(".~%!*+,;=")
  private static let passwordCharacters = userCharacters.adding(":$")
  private static let hostCharacters = ByteClass.alphanumeric.adding("[")

  /// The password of `scheme://user:password@host`.
  static func urlPassword(at position: Int, _ text: inout TextProbe) -> Match? {
    let slashes: StaticString = text.has("://", at: position) ? "://" : ":\\/\\/"
    guard text.has(slashes, at: position) else { return nil }
    let user = position + slashes.utf8CodeUnitCount
    guard let colon = text.end(of: userCharacters, from: user, limit: 256), text.has(":", at: colon),
      let end = text.end(of: passwordCharacters, from: colon + 1, limit: 1_024), end > colon + 1,
      text.has("@", at: end), let host = text.byte(at: end + 1), hostCharacters.contains(host)
    else { return nil }
    return Match(range: (colon + 1)..<end)
  }

  private static let names: [StaticString] = [
    "token", "access_token", "refresh_token", "id_token", "auth_token", "api_key", "apikey", "api-key", "secret",
    "client_secret", "password", "passwd", "sig", "signature", "Signature", "X-Amz-Signature", "X-Amz-Security-Token",
    "X-Goog-Signature",
  ]
  private static let valueCharacters = ByteClass.word.adding(".~%+/=")

  static var queryHeads: [[UInt8]] {
    ["?", "&", ";"].flatMap { (lead: String) in
      names.map { name in Array(lead.utf8) + name.withUTF8Buffer { Array($0.prefix(3)) } }
    }
  }

  /// The value of a query's parameter that is named like a secret. A short one is rather a setting.
  static func queryValue(at position: Int, _ text: inout TextProbe) -> Match? {
    for name in names where text.has(name, at: position + 1) {
      let equals = position + 1 + name.utf8CodeUnitCount
      guard text.has("=", at: equals) else { continue }
      guard let end = text.end(of: valueCharacters, from: equals + 1, limit: 2_048), end - equals > 16,
        text.bytes[(equals + 1)..<end].contains(where: ByteClass.digits.contains)
      else { return nil }
      return Match(range: (equals + 1)..<end)
    }
    return nil
  }
}
