import SandboxIO

/// Reads a host as a rule names it, with `*` and `?`.
enum HostPattern {
  /// The pattern for the spelling that ``PolicyHosts`` has; nil when no host can match it.
  static func parse(_ text: String) -> NamePattern? {
    var host = text.lowercased()
    guard host.utf8.count <= 253, host.utf8.allSatisfy(isAllowed) else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else { return nil }
    } else if host.hasSuffix(".") {
      host.removeLast()
    }
    let hasWildcard = host.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    guard hasWildcard else { return isName(host) ? PolicyHosts.canonical(host).flatMap(NamePattern.init) : nil }
    return isName(host) ? NamePattern(host) : nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "-_.:[]*?".utf8.contains(byte)
    }
  }

  /// Whether its parts are as those of a name or an address, as far as they are given.
  private static func isName(_ host: String) -> Bool {
    if host.utf8.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) { return false }
    if host.contains(":") {
      // An address; anything else would have a port.
      return host.utf8.count { $0 == UInt8(ascii: ":") } > 1
        && host.utf8.allSatisfy { "0123456789abcdef:.*?".utf8.contains($0) }
    }
    return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { (1...63).contains($0.utf8.count) }
  }
}
