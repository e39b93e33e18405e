package import SandboxCore

/// Puts the tools of manifests on a bus: makes their executors, and connects to their MCP servers.
package struct ToolLoader: Sendable {
  /// The executor of a tool; the bus is for those that look at the other tools.
  package typealias Executor = @Sendable (SingleTool, ToolBus) -> any ToolExecutor

  /// The handlers that a manifest of type `builtin` may name.
  package let builtins: Set<String>
  /// The secrets that manifests may name.
  package let secrets: SecretStore
  private let grants: GrantRules
  /// Nil: MCP servers are left out, as a problem.
  private let transports: MCPTransports?
  private let time: TimeSource
  package let executor: Executor

  package init(
    builtins: Set<String>, secrets: SecretStore = .empty, grants: GrantRules = .none,
    transports: MCPTransports? = nil, time: TimeSource = .system,
    executor: @escaping Executor
  ) {
    self.builtins = builtins
    self.secrets = secrets
    self.grants = grants
    self.transports = transports
    self.time = time
    self.executor = executor
  }

  package func catalog(paths: [String], inline: [JSONValue] = []) -> ManifestCatalog {
    ManifestLoader.load(paths: paths, inline: inline, builtins: builtins, secrets: secrets, grants: grants)
  }

  /// Whatever cannot be put on the bus is a problem and leaves the others alone. Cancelling gives up servers that are
  /// not connected yet; those that are must be shut down in any case.
  ///
  /// - Parameter announce: told what changes with the servers' tools later on.
  package func load(
    _ catalog: ManifestCatalog, on bus: ToolBus, announce: @escaping @Sendable (Announcement) async -> Void
  ) async -> LoadedTools {
    var loaded = LoadedTools(problems: catalog.problems)
    for manifest in catalog.manifests {
      guard let tool = SingleTool(manifest.kind) else { continue }
      await loaded.add(
        manifest.definition(traits: tool.traits), executor(tool, bus), to: bus, at: manifest.pointer)
    }
    let servers = catalog.manifests.filter { SingleTool($0.kind) == nil }
    guard !servers.isEmpty else { return loaded }
    guard let transports else {
      loaded.problems += servers.map {
        ManifestProblem(file: $0.file, pointer: $0.pointer.description, reason: "there is no way to MCP servers here")
      }
      return loaded
    }
    let connections = await MCPConnections.connect(servers, transports, time: time, announce: announce)
    loaded.connections = connections
    loaded.problems += connections.problems.map {
      ManifestProblem(file: $0.source, pointer: "", reason: "MCP server \($0.server): \($0.message)")
    }
    for tool in connections.tools { await loaded.add(tool.definition, tool.executor, to: bus, at: .root) }
    return loaded
  }
}
