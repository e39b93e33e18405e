/// An IPv4 address with a prefix length, as `10.0.0.0/8`.
struct IPv4Network: Sendable, Hashable {
  private let address: UInt32
  private let mask: UInt32

  /// Nil unless the text is `a.b.c.d/n`.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = Self.address(parts[0]), let length = UInt8(parts[1]), length <= 32
    else { return nil }
    mask = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
    self.address = address & mask
  }

  /// Whether the text is an IPv4 address in this network.
  func contains(_ host: String) -> Bool {
    guard let other = Self.address(host[...]) else { return false }
    return other & mask == address
  }

  private static func address(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let byte = UInt8(part)
      else { return nil }
      address = address << 8 | UInt32(byte)
    }
    return address
  }
}
