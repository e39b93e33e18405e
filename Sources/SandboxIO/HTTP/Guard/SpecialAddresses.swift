/// The addresses that are not on the public Internet: IANA's registries of special-purpose addresses, multicast, and
/// metadata services at addresses that look public.
enum SpecialAddresses {
  static func isPublic(_ address: IPAddress) -> Bool {
    switch address {
    case .v4: return !four.contains { $0.contains(address) }
    case .v6(let number):
      if translation.contains(where: { $0.contains(address) }) {
        return isPublic(.v4(UInt32(truncatingIfNeeded: number)))
      }
      if sixToFour.contains(where: { $0.contains(address) }) {
        return isPublic(.v4(UInt32(truncatingIfNeeded: number >> 80)))
      }
      return global.contains { $0.contains(address) } && !six.contains { $0.contains(address) }
    }
  }

  private static let four = networks(
    // "This" network, private use, shared (carriers, and the metadata service of Alibaba), loopback, link-local (the
    // metadata services of nearly everybody).
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    // IETF protocols (and Oracle's metadata service), documentation, relays of 6to4, private use, benchmarks.
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24",
    // Azure's metadata and DNS; multicast; reserved, with the broadcast address.
    "168.63.129.16", "224.0.0.0/4", "240.0.0.0/4")

  /// All that has been given out for the public Internet. What lies outside is denied without being named: `::`,
  /// loopback, IPv4-compatible, local-use translation (64:ff9b:1::/48), discard, unique local, link- and site-local,
  /// segment routing, multicast.
  private static let global = networks("2000::/3")

  /// Within ``global``: IETF protocols with Teredo, benchmarks and ORCHID; documentation.
  private static let six = networks("2001::/23", "2001:db8::/32", "3fff::/20")

  /// NAT64 (RFC 6052): an IPv4 address is in the last 32 bits.
  private static let translation = networks("64:ff9b::/96")

  /// 6to4 (RFC 3056): an IPv4 address is in the 32 bits after the prefix.
  private static let sixToFour = networks("2002::/16")

  private static func networks(_ texts: String...) -> [IPNetwork] { texts.compactMap { IPNetwork($0) } }
}
