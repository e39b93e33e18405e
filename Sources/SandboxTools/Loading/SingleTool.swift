/// What a manifest describes when it is one tool, and not a server of many.
package enum SingleTool: Sendable, Hashable {
  case builtin(handler: String)
  case api(APISpec)
  case command(CommandSpec)

  /// Nil for a server.
  init?(_ kind: ToolManifest.Kind) {
    switch kind {
    case .builtin(let handler): self = .builtin(handler: handler)
    case .api(let spec): self = .api(spec)
    case .command(let spec): self = .command(spec)
    case .mcp: return nil
    }
  }

  /// Whether calls count as calls of an API.
  var traits: ToolDefinition.Traits {
    switch self {
    case .api: .callsAPI
    case .builtin(let handler): handler == FetchAndParseTool.name ? .callsAPI : []
    case .command: []
    }
  }
}
