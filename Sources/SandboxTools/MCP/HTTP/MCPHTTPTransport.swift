package import SandboxCore
import Synchronization

/// Speaks with an MCP server over Streamable HTTP, of the revision without sessions as of those before.
///
/// Responses are matched by their id, on whatever stream they come. Of a legacy server, a stream of its own is opened
/// when it offers one, a response's stream that breaks off is taken up again after the last event that had an id, and the
/// session is deleted at the end. A server that has forgotten the session makes the transport unusable.
package final class MCPHTTPTransport: MCPTransport {
  struct State {
    var inbound: (@Sendable (JSONValue) -> Void)?
    var waiting: [Int64: AsyncStream<JSONValue>.Continuation] = [:]
    var sessionID: String?
    var hasListened = false
    var isListening = false
    var isOver = false
  }

  let http: any HTTPStreamTransport
  let template: HTTPRequest
  let time: TimeSource
  let state = Mutex(State())
  /// Reads the server's own stream.
  let listener = BackgroundWork()

  /// - Parameters:
  ///   - http: must check where it goes, for the URL comes from a manifest.
  ///   - headers: sent with every request; those that the protocol defines cannot be set.
  /// - Throws: `.invalidArgument` for what is no URL; `.unauthorized` for a secret that is not there; `.denied` for one
  ///   that may not go to this host.
  package init(
    _ http: any HTTPStreamTransport, url: String, headers: [HTTPHeader] = [], credential: Credential? = nil,
    secrets: SecretStore = .empty, time: TimeSource = .system
  ) throws(SandboxError) {
    _ = try HTTPURL(url)
    var template = HTTPRequest(
      url: url, headers: headers.filter { !Self.isReserved($0.name) }, redirects: .sameHost,
      sensitiveHeaders: Set(headers.map(\.name)).union([Self.sessionHeader]))
    if let credential { try APICredentials(secrets: secrets).apply(credential, to: &template) }
    self.http = http
    self.template = template
    self.time = time
  }

  package var isUsable: Bool { state.withLock { !$0.isOver } }

  package func announcesCancellation(_ version: MCPVersion?) -> Bool { version?.isModern ?? false }

  package func start(_ inbound: @escaping @Sendable (JSONValue) -> Void) async throws(SandboxError) {
    state.withLock { $0.inbound = inbound }
  }

  package func exchange(_ request: MCPRequest) async throws(SandboxError) -> JSONValue {
    let (answers, continuation) = AsyncStream<JSONValue>.makeStream(bufferingPolicy: .bufferingOldest(1))
    try begin(request.id, continuation)
    defer { _ = state.withLock { $0.waiting.removeValue(forKey: request.id) } }
    let result = await withTaskGroup(of: Result<JSONValue, SandboxError>?.self) { group in
      group.addTask {
        for await answer in answers { return .success(answer) }
        return .failure(Task.isCancelled ? Self.cancelled : self.closed(isBeforeEffect: false))
      }
      group.addTask {
        do throws(SandboxError) {
          try await self.post(request)
          return nil
        } catch {
          return .failure(error)
        }
      }
      defer { group.cancelAll() }
      for await result in group { if let result { return result } }
      return .failure(Self.cancelled)
    }
    return try result.get()
  }

  package func send(_ message: JSONValue, version: MCPVersion?) async throws(SandboxError) {
    let session = try sessionID(for: version)
    let request = self.request(message.utf8(), version, session: session, timeout: .seconds(30))
    try await http.withReply(to: request) { (reply) throws(SandboxError) in
      try await self.checkStatus(of: reply, session: session)
    }
    if message["method"] == "notifications/initialized", let version, !version.isModern { listen(version) }
  }

  package func close() async {
    let session = state.withLock { state in
      state.isOver = true
      for continuation in state.waiting.values { continuation.finish() }
      defer { state.sessionID = nil }
      return state.sessionID
    }
    await listener.end()
    guard let session else { return }
    var request = template
    request.method = "DELETE"
    request.timeout = .seconds(2)
    request.headers.append(HTTPHeader(Self.sessionHeader, session))
    // The server should know also when this task was cancelled. Whether it can delete is its affair.
    let farewell = BackgroundWork()
    farewell.start { [http, request] in _ = try? await http.send(request) }
    await farewell.wait()
  }

  // MARK: - Who waits

  private func begin(
    _ id: Int64, _ continuation: AsyncStream<JSONValue>.Continuation
  ) throws(SandboxError) {
    let isOver = state.withLock { state in
      if !state.isOver { state.waiting[id] = continuation }
      return state.isOver
    }
    if isOver { throw closed(isBeforeEffect: true) }
  }

  /// Gives a message to the exchange that waits for it, else to whoever takes the others.
  ///
  /// - Returns: whether it was the response with this id.
  func deliver(_ message: JSONValue, for id: Int64?) -> Bool {
    let isResponse = message["method"] == nil && (message["result"] != nil || message["error"] != nil)
    guard isResponse, case .int(let answered)? = message["id"],
      let waiting = state.withLock({ $0.waiting.removeValue(forKey: answered) })
    else {
      state.withLock { $0.inbound }?(message)
      return false
    }
    waiting.yield(message)
    return answered == id
  }

  /// Gives an answer to an exchange although it does not have its id.
  func answer(_ id: Int64, with message: JSONValue) {
    state.withLock { $0.waiting.removeValue(forKey: id) }?.yield(message)
  }

  // MARK: - Errors

  private static var cancelled: SandboxError {
    SandboxError(.cancelled, "nobody waits for the MCP server's answer any more")
  }

  func closed(isBeforeEffect: Bool) -> SandboxError {
    SandboxError(
      .unavailable, "the connection to the MCP server was closed", cause: ToolFailure(isBeforeEffect: isBeforeEffect),
      retry: .backoff)
  }
}
