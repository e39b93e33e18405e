/// A set of the first 128 scalars, a bit for each.
struct ASCIISet: Sendable, Hashable {
  private var bits = SIMD2<UInt64>()

  static let limit: UInt32 = 128

  /// - Parameter value: below ``limit``.
  mutating func insert(_ value: UInt32) { bits[Int(value >> 6)] |= 1 << UInt64(value & 63) }

  /// - Parameter value: below ``limit``.
  func contains(_ value: UInt32) -> Bool { bits[Int(value >> 6)] & (1 << UInt64(value & 63)) != 0 }

  mutating func formUnion(_ other: ASCIISet) { bits |= other.bits }
}
