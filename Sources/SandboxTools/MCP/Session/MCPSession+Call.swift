package import SandboxCore

extension MCPSession {
  /// How often a call may come back for more before it counts as failed.
  private static var maximumRounds: Int { 4 }

  /// Calls a tool.
  ///
  /// Cancelling tells the server that nobody waits, and throws `.cancelled`.
  ///
  /// - Throws: `.toolFailed` with what the tool said when it reports failure; `.invalidResponse` for a result that
  ///   breaks the protocol or the tool's own schema; `.rejected` when the tool wants something that nobody here can
  ///   give; what a request throws.
  package func call(
    _ tool: MCPRemoteTool, _ arguments: JSONValue, timeout: Duration? = nil,
    progress: @escaping @Sendable (ToolProgress) -> Void = { _ in }
  ) async throws(SandboxError) -> ToolOutput {
    let version = agreement?.version
    let headers = version?.isModern ?? false ? tool.headers.headers(for: arguments) : []
    var params: JSONObject = ["name": .string(tool.name), "arguments": arguments]
    for _ in 0..<Self.maximumRounds {
      let result = try await request(
        "tools/call", params, version: version, parameters: headers, timeout: timeout, progress: progress)
      switch result["resultType"] {
      case nil, .string("complete")?: return try MCPCallResult(result, of: tool).output(server: name)
      case .string("input_required")?: params = try continued(params, result, tool)
      default: throw invalid("answered \(tool.name.excerpt(128)) with an unknown type of result")
      }
    }
    throw SandboxError(
      .rejected, "the tool \(tool.name.excerpt(128)) of the MCP server \(name) asks again and again for more input",
      cause: ToolFailure())
  }

  /// The call once more, with an answer to everything that the server wants to know first: no.
  private func continued(
    _ params: JSONObject, _ result: JSONObject, _ tool: MCPRemoteTool
  ) throws(SandboxError) -> JSONObject {
    var params = params
    params["requestState"] = result["requestState"]
    var responses = JSONObject()
    for (key, request) in result["inputRequests"]?.objectValue ?? [:] {
      guard request["method"] == .string("elicitation/create") else {
        throw SandboxError(
          .rejected,
          "the tool \(tool.name.excerpt(128)) of the MCP server \(name) needs "
            + "\(request["method"]?.stringValue?.excerpt(60) ?? "something"), which this client does not offer",
          cause: ToolFailure())
      }
      responses[key] = ["action": "decline"]
    }
    guard !responses.isEmpty || params["requestState"] != nil else {
      throw invalid("wants input for \(tool.name.excerpt(128)) and does not say which")
    }
    params["inputResponses"] = responses.isEmpty ? nil : .object(responses)
    return params
  }

  private func invalid(_ what: String) -> SandboxError {
    SandboxError(.invalidResponse, "the MCP server \(name) \(what)", cause: ToolFailure())
  }
}
