internal import Glibc

package struct HTTPTransportConfiguration: Sendable {
  package var proxies: ProxySettings
  /// A PEM file with the certificates to trust instead of the system's (`SSL_CERT_FILE`).
  package var trustRoots: String?
  package var connectTimeout: Duration
  /// One is enough for some 20,000 requests a second.
  package var threads: Int
  /// Connections that may be in use at once; requests beyond that wait. Nil: half of the file descriptors that the
  /// process may open, at most 1,024.
  package var maximumConnections: Int?

  package init(
    proxies: ProxySettings = .none, trustRoots: String? = nil, connectTimeout: Duration = .seconds(5), threads: Int = 1,
    maximumConnections: Int? = nil
  ) {
    self.proxies = proxies
    self.trustRoots = trustRoots
    self.connectTimeout = connectTimeout
    self.threads = max(1, threads)
    self.maximumConnections = maximumConnections
  }

  var connections: Int {
    if let maximumConnections { return max(1, maximumConnections) }
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    return Int(min(max(limit.rlim_cur / 2, 16), 1024))
  }
}
