internal import AsyncHTTPClient
internal import SandboxCore

/// A request, and where redirects have taken it so far.
struct RedirectChain: Sendable {
  private(set) var request: HTTPRequest
  private(set) var url: HTTPURL
  private var count = 0

  /// - Throws: `.invalidArgument` for a URL that is not one, or a request that names its host twice.
  init(_ request: HTTPRequest) throws(SandboxError) {
    guard request.headers.first("Host") == nil else {
      throw SandboxError(.invalidArgument, "the HTTP header Host comes from the URL; leave it out")
    }
    self.request = request
    url = try HTTPURL(request.url)
    // Before anybody is asked for an address.
    _ = try HTTPClientRequest(validating: request, url: url)
  }

  /// Where a reply wants the request to go, if it is to go there.
  func location(in exchange: HTTPExchange) -> String? {
    guard request.redirects != .none, [301, 302, 303, 307, 308].contains(exchange.status) else { return nil }
    return exchange.header("Location")
  }

  /// RFC 9110, section 15.4, with the change to GET as browsers do it.
  mutating func follow(_ status: Int, _ location: String, limit: Int) throws(SandboxError) {
    let next: HTTPURL
    do throws(SandboxError) {
      next = try url.resolving(location)
    } catch {
      throw denied("redirects to where nobody may follow: \(error.message)", reached: true)
    }
    if url.isSecure, !next.isSecure { throw denied("redirects from https to http", reached: true) }
    if request.redirects == .sameHost, next.host != url.host {
      throw denied("redirects to another host, \(next.host.excerpt(80))", reached: true)
    }
    count += 1
    guard count <= limit else {
      throw SandboxError(
        .invalidResponse, "\(url.origin) redirects more than \(limit) times", cause: HTTPFailure(reached: true))
    }
    if !next.hasSameOrigin(as: url) { dropCredentials() }
    let isRead = request.method == "GET" || request.method == "HEAD"
    if status == 303 && !isRead || (status == 301 || status == 302) && request.method == "POST" { becomeGet() }
    url = next
  }

  var deniedAddress: SandboxError {
    denied(
      "has an address that tools may not reach (private, loopback or reserved); AGENT_PRIVATE_NETWORKS can allow it")
  }

  func denied(_ reason: String) -> SandboxError { denied(reason, reached: count > 0) }

  private func denied(_ reason: String, reached: Bool) -> SandboxError {
    SandboxError(.denied, "\(url.origin) \(reason)", cause: HTTPFailure(reached: reached))
  }

  private mutating func dropCredentials() {
    let names = Self.credentials.union(request.sensitiveHeaders.map { $0.lowercased() })
    request.headers.removeAll { names.contains($0.name.lowercased()) }
  }

  private mutating func becomeGet() {
    request.method = "GET"
    request.body = []
    request.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
  }

  private static let credentials: Set<String> = [
    "authorization", "cookie", "cookie2", "proxy-authorization", "x-api-key", "x-auth-token",
  ]
}
