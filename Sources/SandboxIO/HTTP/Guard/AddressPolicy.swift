package import SandboxCore

/// Where tools may connect to: the public Internet, and what the session's owner has allowed besides.
///
/// Addresses are judged as numbers, never as text. Everything that the registries of special addresses (RFC 6890 and its
/// updates) keep from the public Internet is private, as are the metadata services of clouds.
package struct AddressPolicy: Sendable, Hashable {
  private let allowed: [IPNetwork]

  package init(allowing allowed: [IPNetwork] = []) { self.allowed = allowed }

  /// - Parameter text: networks and addresses, separated by commas or blanks: `127.0.0.0/8, ::1, 10.1.0.0/16`.
  /// - Throws: `.invalidArgument`, naming the entry that is none.
  package init(parsing text: String) throws(SandboxError) {
    var allowed: [IPNetwork] = []
    for entry in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      guard let network = IPNetwork(entry) else {
        throw SandboxError(
          .invalidArgument,
          "\"\(String(entry).excerpt(60))\" is neither an IP address nor a network such as 10.1.0.0/16 or fd00::/8")
      }
      allowed.append(network)
    }
    self.init(allowing: allowed)
  }

  package func allows(_ address: IPAddress) -> Bool {
    SpecialAddresses.isPublic(address) || allowed.contains { $0.contains(address) }
  }

  /// Of one host, tried in turn while none can be connected to.
  private static let maximumAddresses = 4

  /// Looks a name up, once; nil when it has an address that is not allowed.
  func allowedAddresses(
    of host: String, by resolver: any AddressResolver
  ) async throws(SandboxError) -> [IPAddress]? {
    let addresses = try await resolver.addresses(of: host)
    // All of them: an answer that mixes allowed and denied addresses is an attack, or a mistake that looks like one.
    return addresses.allSatisfy(allows) ? Array(addresses.prefix(Self.maximumAddresses)) : nil
  }

  /// Whether a name may be asked for. Names of private networks may not, unless a private network is allowed: then its
  /// addresses decide. A proxy resolves names where nobody can check the addresses, so for it the name alone decides.
  func allowsLookup(of host: String, byProxy: Bool) -> Bool {
    !PrivateNames.contains(host) || (!byProxy && !allowed.isEmpty)
  }
}
