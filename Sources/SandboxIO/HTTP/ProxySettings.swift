package import SandboxCore

/// Which proxy, if any, a request goes through. Only HTTP proxies that tunnel (`CONNECT`) are supported.
package struct ProxySettings: Sendable, Hashable {
  package struct Server: Sendable, Hashable {
    package let host: String
    package let port: Int
    /// `user:password` as it goes into `Proxy-Authorization: Basic`.
    let credentials: String?
  }

  /// For `http://`.
  package let http: Server?
  /// For `https://`.
  package let https: Server?
  private let exceptions: [ProxyException]

  package static let none = ProxySettings(http: nil, https: nil, exceptions: [])

  private init(http: Server?, https: Server?, exceptions: [ProxyException]) {
    self.http = http
    self.https = https
    self.exceptions = exceptions
  }

  /// Takes the values of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; an empty value is none.
  ///
  /// A proxy is `[http://][user:password@]host[:port]`, with port 80 unless said otherwise. Exceptions are separated by
  /// commas: a host, which stands for its subdomains too, an address, a network as `10.0.0.0/8`, each with
  /// `:port` for one port only; or `*` for everything. `localhost` and loopback addresses never go through a proxy.
  ///
  /// - Throws: `.invalidArgument` when a proxy is not understood; the message does not show the credentials.
  package init(http: String?, https: String?, exceptions: String?) throws(SandboxError) {
    self.http = try Self.parse(http, "HTTP_PROXY")
    self.https = try Self.parse(https, "HTTPS_PROXY")
    self.exceptions = (exceptions ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map {
      ProxyException(String($0))
    }
  }

  /// The proxy for a request to this host (without brackets) and port, or nil when it goes straight there.
  package func server(isSecure: Bool, host: String, port: Int) -> Server? {
    guard let server = isSecure ? https : http else { return nil }
    let host = host.lowercased()
    if host == "localhost" || IPAddress(host)?.isLoopback == true { return nil }
    return exceptions.contains { $0.covers(host: host, port: port) } ? nil : server
  }

  func server(to url: HTTPURL) -> Server? { server(isSecure: url.isSecure, host: url.host, port: url.port) }

  private static func parse(_ text: String?, _ variable: String) throws(SandboxError) -> Server? {
    guard var rest = text.map({ $0[...] }), !rest.isEmpty else { return nil }
    func fail(_ problem: String) -> SandboxError {
      SandboxError(.invalidArgument, "\(variable) \(problem); expected http://host:port")
    }
    if let scheme = rest.firstRange(of: "://") {
      guard rest[..<scheme.lowerBound].lowercased() == "http" else {
        throw fail("names a kind of proxy that is not supported")
      }
      rest = rest[scheme.upperBound...]
    }
    if let slash = rest.firstIndex(of: "/") { rest = rest[..<slash] }
    var credentials: String?
    if let at = rest.lastIndex(of: "@") {
      credentials = PercentEncoding.decode(String(rest[..<at]))
      rest = rest[rest.index(after: at)...]
    }
    guard let (host, port) = HostAndPort.split(String(rest)), !host.isEmpty else {
      throw fail("has no valid host and port")
    }
    return Server(host: host, port: port ?? 80, credentials: credentials)
  }
}
