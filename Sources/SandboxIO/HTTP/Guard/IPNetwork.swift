/// All addresses with the same first bits, as `10.0.0.0/8` or `fd00::/8`.
package struct IPNetwork: Sendable, Hashable {
  private let base: IPAddress
  private let length: UInt8

  /// - Parameter text: an address and how many bits count; a lone address is a network of one.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2, let address = IPAddress(String(first)) else { return nil }
    let bits: UInt8 = if case .v4 = address { 32 } else { 128 }
    guard parts.count == 2 else {
      (base, length) = (address, bits)
      return
    }
    guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let length = UInt8(parts[1]), length <= bits
    else { return nil }
    (base, self.length) = (address, length)
  }

  package func contains(_ address: IPAddress) -> Bool {
    // A shift by the whole width gives 0 in Swift: everything is in a network of length 0.
    switch (base, address) {
    case (.v4(let base), .v4(let address)): (base ^ address) >> (32 - UInt32(length)) == 0
    case (.v6(let base), .v6(let address)): (base ^ address) >> (128 - UInt128(length)) == 0
    default: false
    }
  }
}
