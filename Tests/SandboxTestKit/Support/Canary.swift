import SandboxCore

/// Secrets to look for, and how programs write them; made without the code under test.
package struct Canary: Sendable {
  package let text: String

  package static let all: [Canary] = {
    var random = SeededGenerator(seed: 0xC0FFEE)
    let alphabets = [
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "0123456789", "abcdef0123456789",
      "ABCDabcd0189+/=", "abcXYZ019%&=+?/ #", "ab\"'\\$`019 zZ", "aZ9é€漢😀ß", "<>&\"'/=az09", "a1\n\t\u{8}\r/\"Z",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!@#$%^&*()[]{}|;:,",
    ].map(Array.init)
    return (0..<50).map { index in
      let alphabet = alphabets[index % alphabets.count]
      let prefix = index % 7 == 0 ? "sk-test-" : ""
      // Neither end is blank or quoted, so that its trimmed form is not another secret.
      let middle = (0..<Int.random(in: 8...24, using: &random)).map { _ in
        String(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
      }
      return Canary(text: "\(prefix)Q\(middle.joined())Z")
    }
  }()

  package enum Encoding: CaseIterable, Sendable {
    case plain, base64, base64URL, hexadecimal, percent, json, shell, xml
  }

  /// A text with the canary in it, and the text as it must be after.
  package struct Sample: Sendable {
    package let text: [UInt8]
    package let clean: [UInt8]
    /// What must not be left.
    package let forbidden: [UInt8]

    init(_ before: String, _ forbidden: String, _ after: String) {
      text = Array("\(before)\(forbidden)\(after)".utf8)
      clean = Array("\(before)[REDACTED]\(after)".utf8)
      self.forbidden = Array(forbidden.utf8)
    }
  }

  package func samples(_ encoding: Encoding) -> [Sample] {
    switch encoding {
    case .plain: [Sample("<é ", text, " ü>")]
    case .base64: (0..<3).flatMap { before in (0..<3).map { base64(before, $0, isURL: false) } }
    case .base64URL: (0..<3).map { base64($0, 1, isURL: true) }
    case .hexadecimal: [false, true].map { Sample("0x", Self.hexadecimal(text, isUpper: $0), " h") }
    case .percent: [false, true].map { Sample("?q=", percent(isUpper: $0), "&b") }
    case .json: [false, true].map { Sample("{\"a\":\"", json(isASCII: $0), "\"}") }
    case .shell: [Sample("a='", text.map { $0 == "'" ? "'\\''" : String($0) }.joined(), "'")]
    case .xml: [Sample("<a b=\"", xml, "\"/>")]
    }
  }

  private func base64(_ before: Int, _ after: Int, isURL: Bool) -> Sample {
    let bytes = Array(repeating: UInt8(ascii: "b"), count: before) + Array(text.utf8)
    let all = Base64.encode(bytes + Array(repeating: UInt8(ascii: "a"), count: after))
    let encoded = isURL ? String(all.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }) : all
    // The characters that hold bits of nothing else.
    let first = (before * 8 + 5) / 6
    let end = after == 0 ? encoded.count : bytes.count * 8 / 6
    let characters = Array(encoded)
    return Sample("(" + String(characters[..<first]), String(characters[first..<end]), String(characters[end...]) + ")")
  }

  private static func hexadecimal(_ byte: UInt8, isUpper: Bool) -> String {
    String(byte >> 4, radix: 16, uppercase: isUpper) + String(byte & 15, radix: 16, uppercase: isUpper)
  }

  private static func hexadecimal(_ text: String, isUpper: Bool) -> String {
    text.utf8.map { hexadecimal($0, isUpper: isUpper) }.joined()
  }

  private func percent(isUpper: Bool) -> String {
    text.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      let isPlain = byte < 128 && (character.isLetter || character.isNumber || "-._~".contains(character))
      return isPlain ? String(character) : "%" + Self.hexadecimal(byte, isUpper: isUpper)
    }.joined()
  }

  /// As our writer does, or as one does that writes ASCII only.
  private func json(isASCII: Bool) -> String {
    let quoted = String(JSONValue.string(text).text().dropFirst().dropLast())
    guard isASCII else { return quoted }
    return quoted.utf16.map { unit in
      guard unit > 127 else { return String(Character(Unicode.Scalar(UInt8(unit)))) }
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }

  private var xml: String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&apos;"
      default: String(character)
      }
    }.joined()
  }
}
