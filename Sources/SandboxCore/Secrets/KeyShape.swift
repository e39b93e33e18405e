/// A kind of credential that can be told by how it looks, whoever it belongs to. Only shapes that nothing else has.
enum KeyShape: Sendable {
  case token(TokenShape)
  case jsonWebToken
  case privateKey
  case urlPassword
  case queryValue

  static let all = TokenShape.all.map(KeyShape.token) + [.jsonWebToken, .privateKey, .urlPassword, .queryValue]

  /// What goes on being hidden for as long as it lasts.
  enum Tail: Sendable { case token, privateKey }

  struct Match: Sendable {
    var range: Range<Int>
    var tail: Tail?
  }

  /// The first four bytes with which it can begin.
  var heads: [[UInt8]] {
    switch self {
    case .token(let shape): shape.heads
    case .jsonWebToken: ByteClass.word.bytes.map { Array("eyJ".utf8) + [$0] }
    case .privateKey: [Array("----".utf8)]
    case .urlPassword:
      (Self.userCharacters.bytes + [UInt8(ascii: ":")]).map { Array("://".utf8) + [$0] } + [Array(":\\/\\".utf8)]
    case .queryValue: Self.queryHeads
    }
  }

  /// The most bytes from its beginning that must be seen to know it.
  static let longest = 2_200

  /// Looks for the shape at a place that one of its ``heads`` is at. What it hides may begin further on.
  func match(at position: Int, _ text: inout TextProbe) -> Match? {
    switch self {
    case .token(let shape): shape.match(at: position, &text)
    case .jsonWebToken: Self.jsonWebToken(at: position, &text)
    case .privateKey: Self.privateKey(at: position, &text)
    case .urlPassword: Self.urlPassword(at: position, &text)
    case .queryValue: Self.queryValue(at: position, &text)
    }
  }
}

extension KeyShape.Tail {
  /// Whether the byte belongs to it still.
  ///
  /// - Parameter next: nil at the end of the text.
  func holds(_ byte: UInt8, after previous: UInt8, before next: UInt8?) -> Bool {
    switch (self, byte) {
    case (.token, _): ByteClass.word.contains(byte) || byte == UInt8(ascii: ".")
    // Headers as `DEK-Info` have a hyphen after a letter; the closing line has one after a line break, which can be an
    // escaped one.
    case (.privateKey, UInt8(ascii: "-")): ByteClass.alphanumeric.contains(previous) && previous != UInt8(ascii: "n")
    case (.privateKey, UInt8(ascii: "\\")): next.map(Self.escapes.contains) ?? true
    case (.privateKey, _): Self.armour.contains(byte)
    }
  }

  private static let escapes = ByteClass("nrt\\")
  private static let armour = ByteClass.base64.adding(" \r\n:,.")
}
