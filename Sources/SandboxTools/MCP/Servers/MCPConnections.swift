package import SandboxCore

/// All MCP servers of a session. Whoever makes it shuts it down.
package struct MCPConnections: Sendable {
  package struct Tool: Sendable {
    package let definition: ToolDefinition
    package let executor: any ToolExecutor
  }

  /// In the order of the manifests, and of each server's list.
  package let tools: [Tool]
  package let problems: [MCPProblem]
  private let servers: [MCPServer]

  /// Connects to the servers of these manifests, all at once, and lists their tools. Manifests of other kinds are passed
  /// over. A server that cannot be started within its `startupTimeout` is a problem and no more. Cancelling gives up soon
  /// what is not connected yet; the connections that there are must be shut down all the same.
  ///
  /// - Parameter announce: told about tools that change while the session runs, as `mcp_tools_changed`.
  package static func connect(
    _ manifests: [ToolManifest], _ transports: MCPTransports, time: TimeSource = .system,
    announce: @escaping @Sendable (Announcement) async -> Void
  ) async -> MCPConnections {
    let servers = manifests.compactMap { manifest in
      if case .mcp(let spec) = manifest.kind { (manifest.definition(), spec) } else { nil }
    }
    return await connect(servers, transports, time: time, announce: announce)
  }

  static func connect(
    _ servers: [(ToolDefinition, MCPServerSpec)], _ transports: MCPTransports, time: TimeSource = .system,
    announce: @escaping @Sendable (Announcement) async -> Void
  ) async -> MCPConnections {
    let servers = servers.map { MCPServer($0, $1, transports, time: time, announce: announce) }
    let offers = await withTaskGroup(of: (Int, Offer).self) { group in
      for (index, server) in servers.enumerated() { group.addTask { (index, await offer(of: server)) } }
      var offers: [Int: Offer] = [:]
      for await (index, offer) in group { offers[index] = offer }
      return servers.indices.compactMap { offers[$0] }
    }
    return MCPConnections(
      tools: offers.flatMap(\.tools), problems: offers.flatMap(\.problems), servers: servers)
  }

  private struct Offer: Sendable {
    var tools: [Tool] = []
    var problems: [MCPProblem] = []
  }

  private static func offer(of server: MCPServer) async -> Offer {
    func problem(_ message: String) -> MCPProblem {
      MCPProblem(server: server.id, source: server.definition.source, message: message)
    }
    do throws(SandboxError) {
      _ = try await server.usableSession()
    } catch {
      // That somebody waited in vain says nothing to the owner.
      let isStopped = error.code == .cancelled
      return Offer(
        problems: [problem(isStopped ? "it was still starting when the session was stopped" : error.message)])
    }
    let catalog = await server.catalog
    return Offer(
      tools: (catalog?.definitions ?? []).map { remoteName, definition in
        Tool(definition: definition, executor: MCPToolExecutor(server, remoteName))
      }, problems: (catalog?.problems ?? []).map(problem))
  }

  /// Ends all servers at the same time, in at most 4.5 s, also when the task is cancelled. Calls in flight fail.
  package func shutdown() async {
    await withTaskGroup(of: Void.self) { group in
      for server in servers { group.addTask { await server.shutdown() } }
    }
  }
}
