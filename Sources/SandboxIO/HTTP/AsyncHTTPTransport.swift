internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import SandboxCore
internal import Synchronization

/// The HTTP client of the process, over AsyncHTTPClient: HTTP/1.1 or 2, connections kept alive and shared by everybody.
///
/// Redirects are not followed, because each hop would have to be checked by whoever checked the first: a 3xx is a reply.
/// Bodies are not decompressed, and none is asked for. Nothing is started before the first request.
///
/// One object is enough for a process; end it with ``shutdown()`` or use ``withTransport(_:_:)``. An object that is
/// dropped closes its connections by itself, in the background.
package final class AsyncHTTPTransport: HTTPTransport {
  private enum State {
    case idle
    case running(Running)
    case shutDown
  }

  private struct Running {
    let group: MultiThreadedEventLoopGroup
    let gate: PermitGate
    /// One for each way out: AsyncHTTPClient has its proxy for all of a client's requests.
    var clients: [ProxySettings.Server?: HTTPClient] = [:]
  }

  private let configuration: HTTPTransportConfiguration
  private let state = Mutex(State.idle)

  package init(_ configuration: HTTPTransportConfiguration = HTTPTransportConfiguration()) {
    self.configuration = configuration
  }

  deinit {
    if let running = takeRunning() { Self.close(Array(running.clients.values), then: running.group) }
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
    for client in running.clients.values { try? await client.shutdown() }
    try? await running.group.shutdownGracefully()
  }

  /// See ``HTTPTransport/send(_:)``. When all connections are in use the request waits for its turn, which its timeout
  /// does not count. Cancelling ends the exchange at once, and the server may or may not have acted.
  ///
  /// - Throws: besides what the protocol says, `.invalidArgument` for a request that cannot be sent, `.unavailable`
  ///   without retry when the server's certificate is not trusted, and `.invalidResponse` when the answer is not HTTP.
  package func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply {
    let target = try HTTPTarget(url: request.url)
    let prepared = try HTTPClientRequest(validating: request)
    let errors = HTTPErrorMapping(origin: target.origin)
    let (client, gate) = try self.client(for: target, errors)
    do {
      return try await gate.withPermit {
        try await TimeSource.system.withLimit(request.timeout, target.origin) { () throws(SandboxError) in
          try await Self.exchange(prepared, over: client, request.maximumReplyBytes, errors)
        }
      }
    } catch let error as SandboxError {
      throw error.code == .timeout ? errors.timedOut(after: request.timeout) : error
    } catch {
      throw SandboxError.wrap(error)
    }
  }

  private static func exchange(
    _ request: HTTPClientRequest, over client: HTTPClient, _ maximumBytes: Int, _ errors: HTTPErrorMapping
  ) async throws(SandboxError) -> HTTPReply {
    do {
      // The total time is limited by the caller; AsyncHTTPClient's own deadline would end with the reply's head.
      let response = try await client.execute(request, deadline: .distantFuture)
      let declared = response.headers.first(name: "Content-Length").flatMap { Int($0) }
      if request.method != .HEAD, let declared, declared > maximumBytes { throw errors.tooLarge(maximumBytes) }
      var body: [UInt8] = []
      for try await chunk in response.body {
        guard chunk.readableBytes <= maximumBytes - body.count else { throw errors.tooLarge(maximumBytes) }
        body.append(contentsOf: chunk.readableBytesView)
      }
      try Task.checkCancellation()
      let headers = response.headers.map { HTTPHeader($0.name, $0.value) }
      return HTTPReply(status: Int(response.status.code), headers: headers, body: body)
    } catch {
      throw errors.map(error)
    }
  }

  private func client(for target: HTTPTarget, _ errors: HTTPErrorMapping) throws(SandboxError) -> (
    HTTPClient, PermitGate
  ) {
    let proxy = configuration.proxies.server(isSecure: target.isSecure, host: target.host, port: target.port)
    let found = state.withLock { state -> (HTTPClient, PermitGate)? in
      var running: Running
      switch state {
      case .shutDown: return nil
      case .running(let present): running = present
      case .idle:
        running = Running(
          group: MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads),
          gate: PermitGate(permits: configuration.connections))
      }
      let client =
        running.clients[proxy]
        ?? HTTPClient(
          eventLoopGroup: running.group,
          configuration: HTTPClient.Configuration(configuration, proxy: proxy, connections: running.gate.permits))
      running.clients[proxy] = client
      state = .running(running)
      return (client, running.gate)
    }
    guard let found else { throw errors.shutDown }
    return found
  }

  private func takeRunning() -> Running? {
    state.withLock { state in
      defer { state = .shutDown }
      if case .running(let running) = state { return running }
      return nil
    }
  }

  /// Without waiting, because a `deinit` cannot.
  private static func close(_ clients: [HTTPClient], then group: MultiThreadedEventLoopGroup) {
    guard let client = clients.first else { return group.shutdownGracefully { _ in } }
    client.shutdown { _ in close(Array(clients.dropFirst()), then: group) }
  }
}
