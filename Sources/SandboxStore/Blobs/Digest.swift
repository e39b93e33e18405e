internal import Crypto

/// SHA-256 (FIPS 180-4).
struct Digest {
  private var hash = SHA256()

  mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }

  /// The hash of everything until now, in lower-case hexadecimal digits.
  func hexadecimal() -> String { Self.hexadecimal(Array(hash.finalize())) }

  static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = Digest()
    digest.update(bytes)
    return Array(digest.hash.finalize())
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Whether `text` is a hash as ``hexadecimal(_:)`` writes it.
  static func isHexadecimal(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
