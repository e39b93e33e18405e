/// Base 64 with padding (RFC 4648, section 4).
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func encode(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { output in
      var position = 0
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        var bits = Int(bytes[start]) << 16
        if count > 1 { bits |= Int(bytes[start + 1]) << 8 }
        if count > 2 { bits |= Int(bytes[start + 2]) }
        for digit in 0..<4 {
          output[position] = digit <= count ? alphabet[bits >> (18 - 6 * digit) & 63] : UInt8(ascii: "=")
          position += 1
        }
      }
      return position
    }
  }

  /// How many characters so many bytes become.
  package static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }
}
