/// The values that must be hidden to hide a secret: itself, and the parts of it that are told on their own.
enum SecretLeaves {
  /// Of a secret with a structure, only parts of this length are taken for secret on their own.
  private static let leastPart = 16

  static func of(_ secret: String) -> [String] {
    let trimmed = secret.trimming { $0.isWhitespace || $0 == "\"" || $0 == "'" }
    var leaves = [secret, trimmed]
    if let first = trimmed.first, first == "{" || first == "[", let value = try? JSONValue(parsing: trimmed) {
      strings(of: value, &leaves)
    } else {
      leaves += credentials(in: trimmed)
    }
    for text in leaves where text.contains(where: \.isNewline) {
      leaves += text.split(whereSeparator: \.isNewline).map(String.init).filter(isTelling)
    }
    return leaves
  }

  /// The strings in a credential that is JSON, as a service account's. Its addresses are no secrets.
  private static func strings(of value: JSONValue, _ leaves: inout [String]) {
    switch value {
    case .string(let text): if isTelling(text) { leaves.append(text) }
    case .array(let elements): for element in elements { strings(of: element, &leaves) }
    case .object(let object): for value in object.values { strings(of: value, &leaves) }
    default: break
    }
  }

  /// What others take out of a credential: user and password of `user:password`, the token of `Bearer TOKEN`.
  private static func credentials(in secret: String) -> [String] {
    if secret.contains(where: \.isNewline) { return [] }
    let words = secret.split(whereSeparator: \.isWhitespace)
    if words.count == 2 { return words.dropFirst().map(String.init).filter(isTelling) }
    guard words.count == 1, !secret.contains("://"), let colon = secret.firstIndex(of: ":") else { return [] }
    let (user, password) = (String(secret[..<colon]), String(secret[secret.index(after: colon)...]))
    // A password that is a word would be hidden in every text that has the word.
    let isWord = !isTelling(password) && password.allSatisfy(\.isLetter)
    return [user].filter(isTelling) + (isWord ? [] : [password])
  }

  /// The frame of a PEM file is the same in all of them.
  private static func isTelling(_ text: String) -> Bool {
    text.utf8.count >= leastPart && (text.contains(where: \.isNewline) || !text.hasPrefix("-----"))
      && !text.contains("://")
  }
}

extension String {
  fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> String {
    guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) }) else {
      return self
    }
    return String(self[first...last])
  }
}
