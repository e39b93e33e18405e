/// Host names that mean something only within a machine or a private network.
enum PrivateNames {
  /// RFC 6761, 6762 (with appendix G), 7686, 8375, and ICANN's `internal`, which the metadata services of clouds use.
  private static let domains: Set<String> = [
    "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "onion",
  ]

  /// - Parameter host: in lower case, without a final dot.
  static func contains(_ host: String) -> Bool {
    let labels = host.split(separator: ".")
    guard labels.count > 1, let first = labels.first, let last = labels.last else { return true }
    return first == "localhost" || domains.contains(String(last)) || labels.suffix(2).elementsEqual(["home", "arpa"])
  }
}
