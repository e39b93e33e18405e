internal import AsyncHTTPClient
package import SandboxCore

/// HTTP for requests whose destination somebody else chose: a manifest, a model, a redirect.
///
/// Only http and https, without credentials in URLs. A host name is resolved once; every address of the answer must be
/// allowed by the ``AddressPolicy``, and the connection goes to an address of that answer, while Host, SNI and the check of
/// the certificate keep the name. Names of private networks are not even resolved. Each redirect is checked in the same
/// way, at most five are followed, none from https to http, and credentials stay with the origin that they were for.
/// Compressed bodies are taken as gzip and deflate, up to the limit of the reply.
///
/// With a proxy it is the proxy that resolves names, so only names and numeric hosts can be checked here; what the proxy
/// lets through is its owner's decision.
///
/// Connections and threads are those of the transport that it is made of.
package struct GuardedTransport: HTTPStreamTransport {
  private enum Step<Value: Sendable>: Sendable {
    case value(Value)
    case redirect(status: Int, location: String)
  }

  private static let maximumRedirects = 5

  private let transport: AsyncHTTPTransport
  private let policy: AddressPolicy
  private let resolver: any AddressResolver

  package init(
    _ transport: AsyncHTTPTransport, policy: AddressPolicy = AddressPolicy(),
    resolver: any AddressResolver = SystemResolver()
  ) {
    self.transport = transport
    self.policy = policy
    self.resolver = resolver
  }

  /// See ``HTTPStreamTransport/withReply(to:_:)``.
  ///
  /// - Throws: besides what the protocol says, `.denied` without retry for a destination that is not allowed, with
  ///   `reached` true when it was a server that pointed there; `.invalidResponse` for too many redirects.
  package func withReply<Value: Sendable>(
    to request: HTTPRequest, _ body: @escaping @Sendable (HTTPExchange) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let start = try RedirectChain(request)
    return try await transport.withTurn(for: request, HTTPErrorMapping(origin: start.url.origin)) {
      (watch) throws(SandboxError) in
      var chain = start
      while true {
        switch try await self.step(chain, watch, body) {
        case .value(let value): return value
        case .redirect(let status, let location): try chain.follow(status, location, limit: Self.maximumRedirects)
        }
      }
    }
  }

  private func step<Value: Sendable>(
    _ chain: RedirectChain, _ watch: ExchangeWatch,
    _ body: @escaping @Sendable (HTTPExchange) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Step<Value> {
    var url = chain.url
    let routes = try await routes(to: &url, for: chain)
    let prepared = try HTTPClientRequest(validating: chain.request, url: url)
    for (index, route) in routes.enumerated() {
      do throws(SandboxError) {
        return try await transport.exchange(prepared, for: chain.request, at: url, over: route, watch) {
          (exchange) throws(SandboxError) in
          if let location = chain.location(in: exchange) {
            return .redirect(status: exchange.status, location: location)
          }
          return .value(try await body(exchange))
        }
      } catch {
        let isUnreached = !watch.hasHead && (error.cause as? HTTPFailure)?.reached == false && error.retry.isAllowed
        guard isUnreached, index < routes.count - 1 else { throw error }
      }
    }
    throw SandboxError(.unavailable, "\(url.host) has no address", cause: HTTPFailure(reached: false), retry: .backoff)
  }

  /// The ways to a host that are allowed; writes a numeric host in its usual spelling.
  private func routes(to url: inout HTTPURL, for chain: RedirectChain) async throws(SandboxError) -> [HTTPRoute] {
    let inflated = chain.request.method == "HEAD" ? nil : Self.inflationLimit(chain.request.maximumReplyBytes)
    if let address = AddressLookup.numeric(url.host) {
      guard policy.allows(address) else { throw chain.deniedAddress }
      url.host = address.description
      return [HTTPRoute(proxy: transport.configuration.proxies.server(to: url), maximumInflated: inflated)]
    }
    guard !Self.endsInNumber(url.host) else { throw chain.denied("is neither a host name nor an address") }
    let proxy = transport.configuration.proxies.server(to: url)
    guard policy.allowsLookup(of: url.host, byProxy: proxy != nil) else {
      throw chain.denied("is a name of a private network")
    }
    if let proxy { return [HTTPRoute(proxy: proxy, maximumInflated: inflated)] }
    let host = url.host
    guard let addresses = try await policy.allowedAddresses(of: host, by: resolver) else { throw chain.deniedAddress }
    return addresses.map {
      HTTPRoute(pin: HTTPRoute.Pin(host: host, address: $0), maximumInflated: inflated)
    }
  }

  /// A name that ends so is an address to some programs and a name to others.
  private static func endsInNumber(_ host: String) -> Bool {
    guard host.contains(":") == false, let last = host.split(separator: ".").last else { return true }
    return last.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } || last.hasPrefix("0x")
  }

  /// In powers of two, because each limit takes a client of its own.
  private static func inflationLimit(_ maximumBytes: Int) -> Int {
    var limit = 1 << 16
    while limit < maximumBytes, limit < 1 << 40 { limit *= 2 }
    return max(limit, maximumBytes)
  }
}
