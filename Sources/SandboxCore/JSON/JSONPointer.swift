/// A place in a JSON value (RFC 6901), like `/limits/maxDuration`. The root is the empty text.
package struct JSONPointer: Sendable, Hashable {
  /// The unescaped parts, from the root.
  package let tokens: [String]

  package init(tokens: [String]) { self.tokens = tokens }

  package static let root = JSONPointer(tokens: [])

  /// - Throws: ``SandboxError`` with code `invalid_argument` when `text` is neither empty nor begins with `/`, or
  ///   has a `~` that is not part of `~0` or `~1`.
  package init(_ text: String) throws(SandboxError) {
    if text.isEmpty {
      self = .root
      return
    }
    guard text.utf8.first == UInt8(ascii: "/") else {
      throw SandboxError(
        .invalidArgument, "not a JSON pointer: \(text.quotedForMessage); it must be empty or begin with \"/\"")
    }
    var tokens: [String] = []
    for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard let token = Self.unescaped(part) else {
        throw SandboxError(
          .invalidArgument,
          "not a JSON pointer: \(text.quotedForMessage); \"~\" must be written as \"~0\" and \"/\" as \"~1\"")
      }
      tokens.append(token)
    }
    self.tokens = tokens
  }

  package func appending(key: String) -> JSONPointer { JSONPointer(tokens: tokens + [key]) }

  package func appending(index: Int) -> JSONPointer { appending(key: String(index)) }

  /// What is at this place in `root`; `nil` when there is nothing. An array takes an index without leading zeros.
  package func value(in root: JSONValue) -> JSONValue? {
    var value = root
    for token in tokens {
      let next: JSONValue? =
        switch value {
        case .object(let object): object[token]
        case .array: Self.index(token).flatMap { value[$0] }
        default: nil
        }
      guard let next else { return nil }
      value = next
    }
    return value
  }

  private static func index(_ token: String) -> Int? {
    guard token.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), token == "0" || token.utf8.first != 0x30 else {
      return nil
    }
    return Int(token)
  }

  private static func unescaped(_ part: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var iterator = part.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "~") else {
        bytes.append(byte)
        continue
      }
      switch iterator.next() {
      case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
      default: return nil
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONPointer: CustomStringConvertible {
  package var description: String {
    var bytes: [UInt8] = []
    for token in tokens {
      bytes.append(UInt8(ascii: "/"))
      for byte in token.utf8 {
        switch byte {
        case UInt8(ascii: "~"): bytes += [UInt8(ascii: "~"), UInt8(ascii: "0")]
        case UInt8(ascii: "/"): bytes += [UInt8(ascii: "~"), UInt8(ascii: "1")]
        default: bytes.append(byte)
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
