import SandboxCore
import SandboxIO
import Testing

@testable import SandboxTools

/// Fake servers as a session has them.
struct MCPServerFixture {
  let announcements = Collected<Announcement>()
  let connections: MCPConnections

  /// - Parameter servers: with the ids under which they stand in manifests.
  static func with<Value>(
    _ servers: [(String, MCPServerSpec)], time: TimeSource = fastTime(),
    _ body: (MCPServerFixture) async throws -> Value
  ) async throws -> Value {
    let fixture = await MCPServerFixture(servers, time)
    let result: Result<Value, any Error>
    do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
    await fixture.connections.shutdown()
    return try result.get()
  }

  static func with<Value>(
    _ fake: FakeMCPServer, _ change: (inout MCPServerSpec) -> Void = { _ in }, time: TimeSource = fastTime(),
    _ body: (MCPServerFixture) async throws -> Value
  ) async throws -> Value {
    try await with([("srv", fake.spec(change))], time: time, body)
  }

  private init(_ servers: [(String, MCPServerSpec)], _ time: TimeSource) async {
    let transports = MCPTransports(
      processes: MCPProcessSettings(workingDirectory: "/tmp", homes: "/tmp"), secrets: .empty,
      limits: FakeMCPServer.limits,
      http: { _, _, _ throws(SandboxError) in throw SandboxError(.unsupported, "no HTTP here") })
    let defined = servers.map { id, spec in
      (
        ToolDefinition(
          id: ToolID(id), version: "2.0.0", description: "", category: "research", parameters: [:], effect: .unsafe,
          source: "\(id).json"), spec
      )
    }
    connections = await MCPConnections.connect(defined, transports, time: time) { [announcements] in
      announcements.add($0)
    }
  }

  var ids: [String] { connections.tools.map(\.definition.id.rawValue) }
  var problems: [String] { connections.problems.map { "\($0.server): \($0.message)" } }

  func tool(_ id: String = "srv__echo") throws -> MCPConnections.Tool {
    try #require(connections.tools.first { $0.definition.id.rawValue == id })
  }

  func call(_ id: String = "srv__echo", _ arguments: JSONValue = ["words": "hello"]) async throws -> String {
    let tool = try tool(id)
    return try await tool.executor.execute(
      ToolInvocation(
        callID: CallID("root/1.0"), taskID: .root, agentID: .meta, definition: tool.definition, arguments: arguments,
        attempt: 1, timeout: .seconds(60))
    ).text
  }
}
