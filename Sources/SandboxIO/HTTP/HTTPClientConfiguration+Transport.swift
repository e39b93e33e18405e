internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTPCompression
internal import NIOSSL
internal import SandboxCore

extension HTTPClient.Configuration {
  init(_ settings: HTTPTransportConfiguration, route: HTTPRoute, connections: Int) {
    self.init()
    redirectConfiguration = .disallow
    timeout.connect = TimeAmount(settings.connectTimeout)
    decompression = route.maximumInflated.map { .enabled(limit: .size($0)) } ?? .disabled
    // An address in a URL is taken as it is. Names keep their part in Host, SNI and the check of the certificate.
    if let pin = route.pin { dnsOverride = [pin.host: pin.address.description] }
    // The transport hands out as many permits: nobody waits in the pool, where waiting counts as connecting.
    connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    connectionPool.idleTimeout = .seconds(30)
    // Callers have their own policy, and must learn at once that nothing was sent.
    connectionPool.retryConnectionEstablishment = false
    if let path = settings.trustRoots {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(path)
      tlsConfiguration = tls
    }
    if let proxy = route.proxy {
      self.proxy = .server(
        host: proxy.host, port: proxy.port,
        authorization: proxy.credentials.map { .basic(credentials: Base64.encode(Array($0.utf8))) })
    }
  }
}

extension TimeAmount {
  init(_ duration: Duration) { self = .milliseconds(min(max(duration.milliseconds, 0), 86_400_000)) }
}
