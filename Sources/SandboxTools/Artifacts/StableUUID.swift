/// A UUID that the same text always makes again, so that a repeated call names the same thing.
///
/// FNV-1a over the UTF-8 bytes (128 bits, offset basis and prime of draft-eastlake-fnv), marked as version 8 of
/// RFC 9562: a value of our own making. It is a name, not a secret, and no protection against collisions made on
/// purpose.
enum StableUUID {
  static func make(_ parts: String...) -> String {
    var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    for part in parts {
      // A separator that is no UTF-8 byte keeps ("ab", "c") apart from ("a", "bc").
      for byte in chain(part.utf8) { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
    }
    hash &= ~(UInt128(0xF) << 76) & ~(UInt128(0b11) << 62)
    hash |= UInt128(0x8) << 76 | UInt128(0b10) << 62
    let digits = String(hash, radix: 16)
    let padded = Array(String(repeating: "0", count: 32 - digits.count) + digits)
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(padded[$0]) }.joined(separator: "-")
  }

  private static func chain(_ bytes: String.UTF8View) -> [UInt8] { Array(bytes) + [0xFF] }
}
