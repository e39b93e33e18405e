package import SandboxCore

/// A tool as its manifest describes it, checked and in the present shape.
package struct ToolManifest: Sendable, Hashable {
  package let id: ToolID
  package let name: String
  package let version: String
  package let kind: Kind
  package let description: String
  package let category: String
  /// JSON Schema of the arguments; its `type` is `object`.
  package let parameters: JSONValue
  package let returns: JSONValue?
  package let examples: [JSONValue]
  package let rateLimit: ToolDefinition.RateLimit?
  package let costPerRequest: Money
  package let breaker: ToolDefinition.Breaker?
  /// After how long a second attempt is started while the first has given nothing.
  package let hedge: Duration?
  package let effect: ToolEffect
  package let approval: ToolApproval
  /// Ids or names of tools that may do instead.
  package let fallback: [String]
  package let file: String
  /// The manifest's place in the file.
  package let pointer: JSONPointer

  package enum Kind: Sendable, Hashable {
    case builtin(handler: String)
    case api(APISpec)
    case mcp(MCPServerSpec)
    case command(CommandSpec)
  }

  /// What the bus needs to know of it.
  ///
  /// - Parameter traits: what the tool's handler says about itself.
  package func definition(traits: ToolDefinition.Traits = []) -> ToolDefinition {
    let timeout: Duration? =
      switch kind {
      case .command(let command): command.timeout
      case .api(let api): api.timeout
      case .mcp(let server): server.callTimeout
      case .builtin: nil
      }
    return ToolDefinition(
      id: id, name: name, version: version, description: description, category: category, parameters: parameters,
      returns: returns, effect: effect, rateLimit: rateLimit, costPerRequest: costPerRequest, timeout: timeout,
      approval: approval, fallback: fallback, hosts: hosts, traits: traits, breaker: breaker, hedge: hedge,
      source: file)
  }

  /// Where its calls go, as policies see it.
  private var hosts: [String] {
    switch kind {
    case .api(let api): [api.url]
    case .mcp(let server):
      if case .url(let url, _, _) = server.endpoint { [url] } else { [] }
    case .builtin, .command: []
    }
  }
}
