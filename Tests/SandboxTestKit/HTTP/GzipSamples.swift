/// Compressed bodies.
package enum GzipSamples {
  /// `hello ` 200 times.
  package static let gzipped: [UInt8] =
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3] + block + [0x45, 0x44, 0x9f, 0x68, 0xb0, 0x04, 0, 0]
  package static let deflated: [UInt8] = [0x78, 0x9c] + block + [0x55, 0x7e, 0xb8, 0xb0]

  private static let block: [UInt8] = [
    0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x18, 0x25, 0x47, 0xc9, 0x51, 0x72, 0x94, 0x1c, 0xf4, 0x24, 0x00,
  ]

  /// A gzip stream of zeros (RFC 1951 with fixed codes): one literal, then copies of 258 bytes in 13 bits each.
  package static func bomb(megabytes: Int) -> [UInt8] {
    var bits: [UInt8] = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    while bits.count % 8 != 0 { bits += [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0] }
    let copies: [UInt8] = Array(repeating: [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0], count: 8).flatMap { $0 }
    let period = pack(copies)
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3] + pack(bits)
    for _ in 0..<(megabytes << 20) / (8 * 258) { bytes += period }
    return bytes
  }

  private static func pack(_ bits: [UInt8]) -> [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<start + 8].enumerated().reduce(0) { $0 | $1.element << $1.offset }
    }
  }
}
