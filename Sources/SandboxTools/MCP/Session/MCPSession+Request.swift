import SandboxCore
import Synchronization

extension MCPSession {
  /// Makes a request and gives its result.
  ///
  /// - Parameters:
  ///   - version: the revision that was agreed on; nil for the legacy `initialize`.
  ///   - parameters: as ``MCPRequest/parameters``.
  ///   - timeout: for transports that need to know; whoever calls sees to it that the wait ends.
  func request(
    _ method: String, _ params: JSONObject = [:], version: MCPVersion?, parameters: [HTTPHeader] = [],
    timeout: Duration? = nil, progress: (@Sendable (ToolProgress) -> Void)? = nil
  ) async throws(SandboxError) -> JSONObject {
    let id = state.withLock { state in
      state.lastID += 1
      if let progress { state.progress[state.lastID] = MCPProgressWatch(report: progress) }
      return state.lastID
    }
    defer { if progress != nil { state.withLock { $0.progress[id] = nil } } }
    let request = MCPRequest(
      id: id, method: method, params: withMeta(params, version, token: progress == nil ? nil : id), version: version,
      parameters: parameters, timeout: timeout)
    do throws(SandboxError) {
      return try result(of: try await transport.exchange(request), method)
    } catch {
      if error.code == .cancelled { cancel(request) }
      throw error
    }
  }

  private func withMeta(_ params: JSONObject, _ version: MCPVersion?, token: Int64?) -> JSONObject {
    var meta = params["_meta"]?.objectValue ?? [:]
    if let version, version.isModern {
      meta["io.modelcontextprotocol/protocolVersion"] = .string(version.rawValue)
      meta["io.modelcontextprotocol/clientCapabilities"] = .object([:])
      meta["io.modelcontextprotocol/clientInfo"] = client.json
    }
    if let token { meta["progressToken"] = .int(token) }
    var params = params
    if !meta.isEmpty { params["_meta"] = .object(meta) }
    return params
  }

  private func result(of response: JSONValue, _ method: String) throws(SandboxError) -> JSONObject {
    if let error = response["error"] { throw MCPRemoteError(error).failure(of: method, server: name) }
    guard let result = response["result"]?.objectValue else {
      throw SandboxError(
        .invalidResponse, "the MCP server \(name) answered \(method) with a result that is no object",
        cause: ToolFailure())
    }
    return result
  }

  /// Tells the server that nobody waits any more, except during the handshake, when it must not be told.
  private func cancel(_ request: MCPRequest) {
    guard agreement != nil, !transport.announcesCancellation(request.version) else { return }
    outbox.yield([
      "jsonrpc": "2.0", "method": "notifications/cancelled",
      "params": ["requestId": .int(request.id), "reason": "the call was stopped"],
    ])
  }
}
