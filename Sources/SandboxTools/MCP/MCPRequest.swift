package import SandboxCore

/// A request to an MCP server, complete but for how it travels.
package struct MCPRequest: Sendable, Hashable {
  /// Never used twice with one transport.
  package let id: Int64
  package let method: String
  /// With `_meta` where the revision wants it.
  package let params: JSONObject
  /// The revision that was agreed on; nil for the legacy `initialize`, before anything was.
  package let version: MCPVersion?
  /// Arguments that also travel as headers `Mcp-Param-{name}` where the transport is HTTP and the revision is modern.
  /// The values are plain text: the transport writes them with ``MCPHeaderValue``.
  package let parameters: [HTTPHeader]
  /// How long the transport may wait for the response; nil is as long as the caller does, as for a subscription.
  package let timeout: Duration?

  package init(
    id: Int64, method: String, params: JSONObject, version: MCPVersion?, parameters: [HTTPHeader] = [],
    timeout: Duration? = nil
  ) {
    self.id = id
    self.method = method
    self.params = params
    self.version = version
    self.parameters = parameters
    self.timeout = timeout
  }

  /// What the header `Mcp-Name` says: the name of a tool or prompt, or the URI of a resource.
  package var name: String? {
    switch method {
    case "tools/call", "prompts/get": params["name"]?.stringValue
    case "resources/read": params["uri"]?.stringValue
    default: nil
    }
  }

  /// The JSON-RPC message.
  package var message: JSONValue {
    ["jsonrpc": "2.0", "id": .int(id), "method": .string(method), "params": .object(params)]
  }
}
