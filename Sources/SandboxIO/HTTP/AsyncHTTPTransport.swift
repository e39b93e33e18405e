internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import SandboxCore
internal import Synchronization

/// The HTTP client of the process, over AsyncHTTPClient: HTTP/1.1 or 2, connections kept alive and shared by everybody.
/// It goes wherever it is told: for destinations that are trusted. ``GuardedTransport`` is for the others.
///
/// Redirects are not followed, because each hop would have to be checked by whoever checked the first: a 3xx is a reply.
/// Bodies are not decompressed, and none is asked for. Nothing is started before the first request.
///
/// One object is enough for a process; end it with ``shutdown()`` or use ``withTransport(_:_:)``. An object that is
/// dropped closes its connections by itself, in the background.
package final class AsyncHTTPTransport: HTTPStreamTransport {
  private enum State {
    case idle
    case running(Running)
    case shutDown
  }

  private struct Running {
    let group: MultiThreadedEventLoopGroup
    let gate: PermitGate
    /// Clients that are being closed.
    let closing = BackgroundWork()
    var clients = HTTPClients()
  }

  let configuration: HTTPTransportConfiguration
  private let state = Mutex(State.idle)
  /// Of those that were dropped: somebody has to close their connections.
  private static let dropped = BackgroundWork()

  package init(_ configuration: HTTPTransportConfiguration = HTTPTransportConfiguration()) {
    self.configuration = configuration
  }

  deinit {
    guard let running = takeRunning() else { return }
    Self.dropped.start { await Self.close(running) }
  }

  /// Lends a transport to `body` and shuts it down afterwards, also when `body` throws or was cancelled.
  package static func withTransport<Value>(
    _ configuration: HTTPTransportConfiguration = HTTPTransportConfiguration(),
    isolation: isolated (any Actor)? = #isolation, _ body: (AsyncHTTPTransport) async throws -> Value
  ) async rethrows -> Value {
    let transport = AsyncHTTPTransport(configuration)
    do {
      let value = try await body(transport)
      await transport.shutdown()
      return value
    } catch {
      await transport.shutdown()
      throw error
    }
  }

  /// Closes all connections; requests under way fail with `.unavailable`, as do later ones. May be called repeatedly, and
  /// runs to its end in a cancelled task.
  package func shutdown() async {
    guard let running = takeRunning() else { return }
    await Self.close(running)
  }

  /// See ``HTTPStreamTransport/withReply(to:_:)``. When all connections are in use the request waits for its turn, which
  /// its timeout does not count. Cancelling ends the exchange at once, and the server may or may not have acted.
  ///
  /// - Throws: besides what the protocol says, `.invalidArgument` for a request that cannot be sent, `.unavailable`
  ///   without retry when the server's certificate is not trusted, and `.invalidResponse` when the answer is not HTTP.
  package func withReply<Value: Sendable>(
    to request: HTTPRequest, _ body: @escaping @Sendable (HTTPExchange) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let url = try HTTPURL(request.url)
    let prepared = try HTTPClientRequest(validating: request, url: url)
    let route = HTTPRoute(proxy: configuration.proxies.server(to: url))
    let errors = HTTPErrorMapping(origin: url.origin)
    return try await withTurn(for: request, errors) { (watch) throws(SandboxError) in
      try await self.exchange(prepared, for: request, at: url, over: route, watch) {
        (exchange) throws(SandboxError) in try await body(exchange)
      }
    }
  }

  /// Waits for a free connection, then runs `work` within the request's time limits.
  func withTurn<Value: Sendable>(
    for request: HTTPRequest, _ errors: HTTPErrorMapping,
    _ work: @escaping @Sendable (ExchangeWatch) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let gate = try start(errors).gate
    do {
      return try await gate.withPermit {
        try await ExchangeWatch.run(total: request.timeout, idle: request.idleTimeout, errors, work)
      }
    } catch {
      throw SandboxError.wrap(error)
    }
  }

  /// One request and its reply over one route; `body` is called at most once.
  func exchange<Value: Sendable>(
    _ prepared: HTTPClientRequest, for request: HTTPRequest, at url: HTTPURL, over route: HTTPRoute,
    _ watch: ExchangeWatch, _ body: (HTTPExchange) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let errors = HTTPErrorMapping(origin: url.origin)
    let client = try lease(route, errors)
    defer { release(route) }
    let response: HTTPClientResponse
    watch.send()
    do {
      // The time is limited by the watch; AsyncHTTPClient's own deadline would end with the reply's head.
      response = try await watch.waiting { try await client.execute(prepared, deadline: .distantFuture) }
    } catch {
      throw errors.map(error, maximumBytes: request.maximumReplyBytes)
    }
    watch.receiveHead()
    let reader = HTTPResponseReader(
      response, maximumBytes: request.maximumReplyBytes, inflates: route.maximumInflated != nil, watch, errors)
    try reader.checkHead(isBodyless: request.method == "HEAD")
    return try await body(
      HTTPExchange(
        status: Int(response.status.code), headers: response.headers.map { HTTPHeader($0.name, $0.value) },
        url: url.description, body: HTTPBody { reader.next() }))
  }

  private func lease(_ route: HTTPRoute, _ errors: HTTPErrorMapping) throws(SandboxError) -> HTTPClient {
    let client = try withRunning(errors) { running in
      running.clients.lease(route) {
        HTTPClient(
          eventLoopGroup: running.group,
          configuration: HTTPClient.Configuration(configuration, route: route, connections: running.gate.permits))
      }
    }
    return client
  }

  private func release(_ route: HTTPRoute) {
    state.withLock { state in
      guard case .running(var running) = state else { return }
      let idle = running.clients.release(route)
      state = .running(running)
      if let idle { running.closing.start { try? await idle.shutdown() } }
    }
  }

  private func start(_ errors: HTTPErrorMapping) throws(SandboxError) -> Running {
    try withRunning(errors) { $0 }
  }

  private func withRunning<Value>(
    _ errors: HTTPErrorMapping, _ work: (inout Running) -> Value
  ) throws(SandboxError) -> Value {
    let result = state.withLock { state -> Value? in
      var running: Running
      switch state {
      case .shutDown: return nil
      case .running(let present): running = present
      case .idle:
        running = Running(
          group: MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads),
          gate: PermitGate(permits: configuration.connections))
      }
      defer { state = .running(running) }
      return work(&running)
    }
    guard let result else { throw errors.shutDown }
    return result
  }

  private func takeRunning() -> Running? {
    state.withLock { state in
      defer { state = .shutDown }
      if case .running(let running) = state { return running }
      return nil
    }
  }

  private static func close(_ running: Running) async {
    for client in running.clients.all { try? await client.shutdown() }
    await running.closing.wait()
    try? await running.group.shutdownGracefully()
  }
}
