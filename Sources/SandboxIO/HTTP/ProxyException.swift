/// One entry of `NO_PROXY`.
struct ProxyException: Sendable, Hashable {
  private enum Pattern: Hashable {
    case everything
    case network(IPNetwork)
    /// A host and everything below it; without a leading dot.
    case host(String)
  }

  private let pattern: Pattern
  private let port: Int?

  init(_ text: String) {
    let text = text.lowercased()
    if text == "*" {
      (pattern, port) = (.everything, nil)
    } else if text.contains("/"), let network = IPNetwork(text) {
      (pattern, port) = (.network(network), nil)
    } else {
      let (host, port) = HostAndPort.split(text) ?? (text, nil)
      let name = host.hasPrefix("*.") ? host.dropFirst(2) : host.hasPrefix(".") ? host.dropFirst() : host[...]
      (pattern, self.port) = (.host(String(name)), port)
    }
  }

  /// - Parameter host: in lower case.
  func covers(host: String, port: Int) -> Bool {
    if let only = self.port, only != port { return false }
    return switch pattern {
    case .everything: true
    case .network(let network): IPAddress(host).map(network.contains) ?? false
    case .host(let name): !name.isEmpty && (host == name || host.hasSuffix("." + name))
    }
  }
}
