/// A key with a prefix of its own: as providers make them, so that they can be found.
struct TokenShape: Sendable {
  private let prefix: StaticString
  private let characters: ByteClass
  private let count: ClosedRange<Int>
  /// What is between hyphens can be words, which have no digits.
  private let needsDigit: Bool
  /// Text at an offset after the prefix.
  private let infix: (offset: Int, text: StaticString)?

  private init(
    _ prefix: StaticString, _ characters: ByteClass, _ count: ClosedRange<Int>, needsDigit: Bool = false,
    infix: (Int, StaticString)? = nil
  ) {
    self.prefix = prefix
    self.characters = characters
    self.count = count
    self.needsDigit = needsDigit
    self.infix = infix
  }

  static let all: [TokenShape] = [
    TokenShape("sk-ant-", .word, 32...256, needsDigit: true), TokenShape("sk-proj-", .word, 32...256, needsDigit: true),
    TokenShape("sk-svcacct-", .word, 32...256, needsDigit: true),
    TokenShape("sk-admin-", .word, 32...256, needsDigit: true),
    TokenShape("sk-or-v1-", .alphanumeric, 32...256, needsDigit: true),
    TokenShape("sk-", .alphanumeric, 48...48, infix: (20, "T3BlbkFJ")),
    TokenShape("AKIA", .upper, 16...16), TokenShape("ASIA", .upper, 16...16),
    TokenShape("ghp_", .alphanumeric, 36...256), TokenShape("gho_", .alphanumeric, 36...256),
    TokenShape("ghu_", .alphanumeric, 36...256), TokenShape("ghs_", .alphanumeric, 36...256),
    TokenShape("ghr_", .alphanumeric, 36...256), TokenShape("github_pat_", .word, 40...256, needsDigit: true),
    TokenShape("glpat-", .word, 20...128, needsDigit: true),
    TokenShape("xoxb-", .word, 24...256, needsDigit: true), TokenShape("xoxp-", .word, 24...256, needsDigit: true),
    TokenShape("xoxa-", .word, 24...256, needsDigit: true), TokenShape("xoxs-", .word, 24...256, needsDigit: true),
    TokenShape("xoxr-", .word, 24...256, needsDigit: true),
    TokenShape("AIza", .word, 35...35), TokenShape("hf_", .alphanumeric, 34...64),
    TokenShape("npm_", .alphanumeric, 36...64), TokenShape("pypi-AgEIcHlwaS5vcmc", .word, 50...256),
    TokenShape("sk_live_", .alphanumeric, 16...256), TokenShape("rk_live_", .alphanumeric, 16...256),
  ]

  var heads: [[UInt8]] {
    let bytes = prefix.withUTF8Buffer { Array($0.prefix(4)) }
    return bytes.count == 4 ? [bytes] : characters.bytes.map { bytes + [$0] }
  }

  func match(at position: Int, _ text: inout TextProbe) -> KeyShape.Match? {
    guard text.isStartOfWord(position), text.has(prefix, at: position) else { return nil }
    let start = position + prefix.utf8CodeUnitCount
    guard let end = text.end(of: characters, from: start, limit: count.upperBound), end - start >= count.lowerBound
    else { return nil }
    if let next = text.byte(at: end), ByteClass.alphanumeric.contains(next) { return nil }
    if needsDigit, !text.bytes[start..<end].contains(where: ByteClass.digits.contains) { return nil }
    if let infix, !text.has(infix.text, at: start + infix.offset) { return nil }
    return KeyShape.Match(range: position..<end)
  }
}
