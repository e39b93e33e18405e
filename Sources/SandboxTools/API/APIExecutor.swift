package import SandboxCore

/// Runs an API tool: one HTTP request a call, or one a page.
///
/// The transport decides where requests may go, and follows redirects; the executor never sends a secret to a host that
/// it is not bound to.
package struct APIExecutor: ToolExecutor {
  private let spec: APISpec
  private let transport: any HTTPTransport
  private let secrets: SecretStore
  private let session: SessionID

  /// - Parameter session: makes the idempotency keys of one session differ from another's.
  package init(_ spec: APISpec, transport: any HTTPTransport, secrets: SecretStore, session: SessionID) {
    self.spec = spec
    self.transport = transport
    self.secrets = secrets
    self.session = session
  }

  /// - Throws: for a status that is not 2xx `API request failed: <status> - <body>`, as `.rateLimited` (429),
  ///   `.unavailable` (408 and 5xx), `.unauthorized` (401, 403) or `.rejected`; `.invalidResponse` for a reply that is
  ///   not what the manifest says; `.denied` for a secret that may not go there; what the transport throws.
  package func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let builder = APIRequestBuilder(spec: spec, arguments: invocation.arguments.objectValue ?? [:])
    guard let pagination = spec.pagination else {
      let reply = try await send(try prepared(builder.request(), invocation), invocation)
      return try APIReply(reply, spec.response, invocation.redactor).output
    }
    return try await pages(builder, pagination, invocation)
  }

  private func prepared(
    _ request: HTTPRequest, _ invocation: ToolInvocation
  ) throws(SandboxError) -> HTTPRequest {
    var request = request
    request.timeout = invocation.timeout
    request.redirects = ["GET", "HEAD"].contains(request.method) ? invocation.redirects : .sameHost
    if !request.headers.contains(where: { $0.name.lowercased() == "accept" }) {
      request.headers.append(
        HTTPHeader("Accept", spec.response.format == .text ? "*/*" : "application/json, */*;q=0.5"))
    }
    if invocation.definition.effect == .keyed {
      request.headers.append(HTTPHeader("Idempotency-Key", "\(session)-\(invocation.callID)"))
    }
    if let credential = spec.credential { try APICredentials(secrets: secrets).apply(credential, to: &request) }
    return request
  }

  private func send(_ request: HTTPRequest, _ invocation: ToolInvocation) async throws(SandboxError) -> HTTPReply {
    let reply = try await transport.send(request)
    guard (200..<300).contains(reply.status) else {
      throw APIFailure(reply: reply, redactor: invocation.redactor).error
    }
    return reply
  }

  // MARK: - Pages

  private func pages(
    _ builder: APIRequestBuilder, _ pagination: APISpec.Pagination, _ invocation: ToolInvocation
  ) async throws(SandboxError) -> ToolOutput {
    var pages = APIPages(pagination)
    while let step = pages.next {
      // The bus has admitted the first one.
      if pages.count > 0 { try await invocation.admitRequest() }
      var request = try builder.request(step.fields)
      if let link = step.link { request.url = try Self.following(link, from: request.url) }
      let reply = try await send(try prepared(request, invocation), invocation)
      try pages.add(try APIReply(reply, spec.response, invocation.redactor), link: reply.header("Link"))
    }
    return pages.output
  }

  private static func following(_ link: String, from url: String) throws(SandboxError) -> String {
    let first = try HTTPURL(url)
    guard let next = try? first.resolving(link), next.hasSameOrigin(as: first) else {
      throw SandboxError(.invalidResponse, "the next page is said to be at another host; it was not fetched")
    }
    return next.description
  }
}
