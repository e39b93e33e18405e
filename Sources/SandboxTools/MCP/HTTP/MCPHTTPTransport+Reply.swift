import SandboxCore
import Synchronization

extension MCPHTTPTransport {
  /// How the reading of a reply ended.
  enum Ending: Sendable {
    /// The response was there, or nothing more is to be read.
    case done
    /// Accepted, and the response comes over another stream.
    case accepted
    /// The stream ended before the response.
    case cut(MCPStreamMark)
  }

  /// A message may be as deep as arguments and results can be, and a little more.
  private static let messageLimits = JSONLimits(depth: 256, size: 16 << 20)
  private static let maximumErrorBytes = 1 << 20

  /// Sends a request and hands on all that comes for it, until its response has come.
  func post(_ request: MCPRequest) async throws(SandboxError) {
    let session = try sessionID(for: request.version)
    let ending = try await http.withReply(to: self.request(request, session: session)) { (reply) throws(SandboxError) in
      try await self.read(reply, to: request, session)
    }
    switch ending {
    case .done: return
    case .cut(let mark): try await resume(request, after: mark)
    case .accepted:
      guard state.withLock({ $0.isListening }) else { throw noResponse("accepted the request without a response") }
    }
  }

  private func read(
    _ reply: HTTPExchange, to request: MCPRequest, _ session: String?
  ) async throws(SandboxError) -> Ending {
    guard (200..<300).contains(reply.status) else {
      if let error = try await self.error(in: reply, for: request.id, session: session) {
        answer(request.id, with: error)
        return .done
      }
      try await checkStatus(of: reply, session: session)
      return .done
    }
    if request.version == nil, request.method == "initialize" { try keepSession(of: reply) }
    switch Self.contentType(of: reply) {
    case "text/event-stream": return try await readEvents(of: reply, for: request.id)
    case "application/json": return try await readMessages(of: reply, for: request.id)
    case _ where reply.status == 202: return .accepted
    case let other: throw noResponse("answered in \(other.isEmpty ? "nothing that has a type" : other.excerpt(60))")
    }
  }

  /// Everything but success is an error here, whatever the reply's body says.
  ///
  /// - Parameters:
  ///   - session: the session that the request named.
  ///   - isBeforeEffect: whether a server that does not know the session has done nothing of what the request is for.
  func checkStatus(
    of reply: HTTPExchange, session: String?, isBeforeEffect: Bool = true
  ) async throws(SandboxError) {
    guard !(200..<300).contains(reply.status) else { return }
    if reply.status == 404, let session { throw forget(session, isBeforeEffect: isBeforeEffect) }
    throw MCPHTTPStatus.failure(reply)
  }

  /// A JSON-RPC error in a reply that is no success.
  private func error(
    in reply: HTTPExchange, for id: Int64, session: String?
  ) async throws(SandboxError) -> JSONValue? {
    guard reply.status != 401, reply.status != 403, !(reply.status == 404 && session != nil),
      Self.contentType(of: reply) == "application/json"
    else { return nil }
    let bytes = try await collect(reply, Self.maximumErrorBytes)
    guard let message = try? JSONValue(parsing: bytes, limits: Self.messageLimits), message["error"] != nil else {
      return nil
    }
    // A server that could not read the request does not know its id.
    switch message["id"] {
    case .int(id), nil, .null: return message
    default: return nil
    }
  }

  private func keepSession(of reply: HTTPExchange) throws(SandboxError) {
    guard let id = reply.header(Self.sessionHeader) else { return }
    guard (1...1024).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw SandboxError(.invalidResponse, "the MCP server gave a session id that cannot be sent back")
    }
    state.withLock { if !$0.isOver { $0.sessionID = id } }
  }

  /// The server does not know the session any more, and nothing more can be done.
  private func forget(_ session: String, isBeforeEffect: Bool) -> SandboxError {
    state.withLock { state in
      guard state.sessionID == session else { return }
      state.sessionID = nil
      state.isOver = true
    }
    return SandboxError(
      .unavailable, "the MCP server has forgotten the session", cause: ToolFailure(isBeforeEffect: isBeforeEffect),
      retry: .backoff)
  }

  private func readMessages(of reply: HTTPExchange, for id: Int64) async throws(SandboxError) -> Ending {
    let bytes = try await collect(reply, Self.messageLimits.size)
    guard let value = try? JSONValue(parsing: bytes, limits: Self.messageLimits) else {
      throw noResponse("answered with what is not JSON")
    }
    var isAnswered = false
    for message in value.arrayValue ?? [value] where deliver(message, for: id) { isAnswered = true }
    guard isAnswered else { throw noResponse("answered with another id, or without one") }
    return .done
  }

  /// - Parameter id: the response that ends the reading; nil reads to the end of the stream.
  func readEvents(of reply: HTTPExchange, for id: Int64?) async throws(SandboxError) -> Ending {
    var parser = ServerSentEventParser(
      maximumLineBytes: Self.messageLimits.size, maximumEventBytes: Self.messageLimits.size)
    var failure: SandboxError?
    do throws(SandboxError) {
      for try await chunk in reply.body {
        parser.append(chunk)
        while let event = try parser.next() {
          guard event.name == "message", let message = try? JSONValue(parsing: event.data, limits: Self.messageLimits)
          else { continue }
          for message in message.arrayValue ?? [message] where deliver(message, for: id) { return .done }
        }
      }
    } catch {
      guard error.code == .unavailable else { throw error }
      failure = error
    }
    return .cut(MCPStreamMark(lastEventID: parser.lastEventID, retry: parser.retry, failure: failure))
  }

  private func collect(_ reply: HTTPExchange, _ limit: Int) async throws(SandboxError) -> [UInt8] {
    var bytes: [UInt8] = []
    for try await chunk in reply.body {
      guard chunk.count <= limit - bytes.count else {
        throw SandboxError(
          .outputLimit, "the MCP server sent a message that is too large", cause: HTTPFailure(reached: true))
      }
      bytes += chunk
    }
    return bytes
  }

  private static func contentType(of reply: HTTPExchange) -> String {
    let type = (reply.header("Content-Type") ?? "").prefix { $0 != ";" }
    return String(type.filter { !$0.isWhitespace }).lowercased()
  }

  private func noResponse(_ what: String) -> SandboxError {
    SandboxError(.invalidResponse, "the MCP server \(what)", cause: HTTPFailure(reached: true))
  }
}
