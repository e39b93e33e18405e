import SandboxCore
import Synchronization

/// The headers of requests (MCP 2026-07-28 and 2025-11-25, Streamable HTTP).
extension MCPHTTPTransport {
  static let sessionHeader = "Mcp-Session-Id"
  static let versionHeader = "MCP-Protocol-Version"
  /// Of what a request brings besides one message: a long stream of progress.
  static let maximumReplyBytes = 64 << 20

  /// Whether a header is the protocol's or the connection's own.
  static func isReserved(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasPrefix("mcp-")
      || ["content-type", "accept", "accept-encoding", "host", "last-event-id"].contains(name)
  }

  /// The id of the session, where the revision has sessions, to be asked for once for a request: it can be forgotten at
  /// any time, and a server takes a request without it for another client's.
  ///
  /// - Parameter isBeforeEffect: whether nothing was sent yet of what the request is for.
  /// - Throws: `.unavailable` when the transport is of no more use.
  func sessionID(for version: MCPVersion?, isBeforeEffect: Bool = true) throws(SandboxError) -> String? {
    let (session, isOver) = state.withLock { ($0.sessionID, $0.isOver) }
    if isOver { throw closed(isBeforeEffect: isBeforeEffect) }
    guard let version, !version.isModern else { return nil }
    return session
  }

  func request(_ message: MCPRequest, session: String?) -> HTTPRequest {
    var request = request(message.message.utf8(), message.version, session: session, timeout: message.timeout)
    guard let version = message.version, version.isModern else { return request }
    request.headers.append(HTTPHeader("Mcp-Method", message.method))
    if let name = message.name { request.headers.append(HTTPHeader("Mcp-Name", MCPHeaderValue.encode(name))) }
    for parameter in message.parameters {
      request.headers.append(HTTPHeader("Mcp-Param-\(parameter.name)", MCPHeaderValue.encode(parameter.value)))
    }
    return request
  }

  func request(_ body: [UInt8], _ version: MCPVersion?, session: String?, timeout: Duration?) -> HTTPRequest {
    var request = template
    request.body = body
    setLimits(of: &request, timeout)
    request.headers += [
      HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json, text/event-stream"),
    ]
    addVersion(version, session, to: &request)
    return request
  }

  /// Asks for the server's own stream, or for the rest of one that broke off.
  func streamRequest(
    _ version: MCPVersion?, session: String?, after lastEventID: String?, timeout: Duration?
  ) -> HTTPRequest {
    var request = template
    request.method = "GET"
    setLimits(of: &request, timeout)
    request.headers.append(HTTPHeader("Accept", "text/event-stream"))
    addVersion(version, session, to: &request)
    if let lastEventID { request.headers.append(HTTPHeader("Last-Event-ID", lastEventID)) }
    return request
  }

  private func setLimits(of request: inout HTTPRequest, _ timeout: Duration?) {
    // Who gives no time ends the wait by cancelling.
    request.timeout = timeout ?? .seconds(365 * 86_400)
    request.maximumReplyBytes = timeout == nil ? .max : Self.maximumReplyBytes
    // A compressed stream of events would wait in somebody's buffer.
    request.headers.append(HTTPHeader("Accept-Encoding", "identity"))
  }

  private func addVersion(_ version: MCPVersion?, _ session: String?, to request: inout HTTPRequest) {
    guard let version else { return }
    request.headers.append(HTTPHeader(Self.versionHeader, version.rawValue))
    if let session { request.headers.append(HTTPHeader(Self.sessionHeader, session)) }
  }
}
