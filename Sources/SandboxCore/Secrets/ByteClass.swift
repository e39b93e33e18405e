/// A set of ASCII characters. Bytes above 127 are in none.
struct ByteClass: Sendable {
  private let low: UInt64
  private let high: UInt64

  static let digits = ByteClass("0123456789")
  static let upper = ByteClass("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
  static let alphanumeric = ByteClass("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
  /// What keys, and base 64 for URLs, are made of.
  static let word = alphanumeric.adding("_-")
  static let base64 = alphanumeric.adding("+/=")
  static let hexadecimal = ByteClass("0123456789abcdefABCDEF")

  init(_ characters: StaticString) { self.init(0, 0, characters) }

  private init(_ low: UInt64, _ high: UInt64, _ characters: StaticString) {
    var (low, high) = (low, high)
    characters.withUTF8Buffer { bytes in
      for byte in bytes {
        if byte < 64 { low |= 1 << byte } else if byte < 128 { high |= 1 << (byte - 64) }
      }
    }
    self.low = low
    self.high = high
  }

  func adding(_ characters: StaticString) -> ByteClass { ByteClass(low, high, characters) }

  func contains(_ byte: UInt8) -> Bool {
    if byte < 64 { return low >> byte & 1 == 1 }
    return byte < 128 && high >> (byte - 64) & 1 == 1
  }

  /// In ascending order.
  var bytes: [UInt8] { (0..<128 as Range<UInt8>).filter(contains) }
}
