import SandboxCore
import SandboxIO
import SandboxTestKit
import Synchronization
import Testing

@testable import SandboxTools

/// A server that nobody here wrote, over HTTP; see ``MCPPython``.
@Suite(
  "MCP over HTTP, a real server", .timeLimit(.minutes(2)),
  .enabled(if: MCPPython.present != nil, "no MCP servers from the package index here"))
struct RealMCPHTTPTests {
  private static let program = """
    import sys
    from mcp.server import MCPServer
    server = MCPServer("real")

    @server.tool()
    def add(a: int, b: int) -> int:
      "Adds two numbers."
      return a + b

    @server.tool()
    def boom() -> str:
      raise ValueError("it went wrong")

    server.run(transport="streamable-http", port=int(sys.argv[1]))
    """

  /// Runs the server while `body` runs, with a transport that knows it.
  private static func run(_ body: (MCPHTTPTransport, LoopbackPort) async throws -> Void) async throws {
    let python = try #require(MCPPython.present)
    let port = try await LoopbackServer.freePort()
    let spec = ProcessSpec(
      argv: [python, "-c", program, String(port)], environment: [("PYTHONDONTWRITEBYTECODE", "1")],
      workingDirectory: "/tmp")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { _ = try? await ProcessRunner.run(spec) }
      try await AsyncHTTPTransport.withTransport { http in
        let guarded = GuardedTransport(http, policy: try AddressPolicy(parsing: "127.0.0.1"))
        let target = LoopbackPort(http: guarded, url: "http://127.0.0.1:\(port)/mcp")
        try await target.waitUntilItAnswers()
        try await body(try MCPHTTPTransport(guarded, url: target.url), target)
      }
      group.cancelAll()
    }
  }

  private struct LoopbackPort {
    let http: GuardedTransport
    let url: String

    func waitUntilItAnswers() async throws {
      while (try? await http.send(HTTPRequest(method: "GET", url: url, timeout: .seconds(5)))) == nil {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  @Test("handshake, list and calls", arguments: MCPServerSpec.Era.allCases)
  func calls(era: MCPServerSpec.Era) async throws {
    try await Self.run { (transport, _) async throws in
      let session = MCPSession(transport, name: "real")
      do {
        try await session.start(era)
        #expect(session.agreement?.version == (era == .legacy ? .v2025November : .v2026July))
        let tools = try await session.listTools().tools
        #expect(tools.map(\.name).sorted() == ["add", "boom"])
        let add = try #require(tools.first { $0.name == "add" })
        #expect(try await session.call(add, ["a": 2, "b": 40]).text.contains("42"))
        let boom = try #require(tools.first { $0.name == "boom" })
        let error = await #expect(throws: SandboxError.self) { try await session.call(boom, [:]) }
        #expect(error?.code == .toolFailed)
        #expect(transport.isUsable)
      } catch {
        await session.close()
        throw error
      }
      await session.close()
    }
  }

  @Test("a session that the server has ended is noticed")
  func endedSession() async throws {
    try await Self.run { (transport, target) async throws in
      try await transport.start { _ in }
      try await transport.initialize()
      let id = try #require(transport.state.withLock { $0.sessionID })
      let headers = [HTTPHeader("Mcp-Session-Id", id)]
      let reply = try await target.http.send(HTTPRequest(method: "DELETE", url: target.url, headers: headers))
      #expect(reply.status == 200)
      let error = await transport.failure(MCPHTTPFixture.request(3, "tools/list", [:]))
      #expect(error?.code == .unavailable)
      #expect(error?.isBeforeEffect == true)
      #expect(!transport.isUsable)
      await transport.close()
    }
  }

  @Test("what the server refuses comes back as its error")
  func refusals() async throws {
    try await Self.run { (transport, _) async throws in
      try await transport.start { _ in }
      func code(_ request: MCPRequest) async throws -> JSONValue? {
        try await transport.exchange(request)["error"]?["code"]
      }
      let meta: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
      ]
      #expect(try await code(MCPHTTPFixture.request(1, "no/such", ["_meta": meta], .modern)) == -32601)
      #expect(try await code(MCPHTTPFixture.request(2, "tools/list", [:], .modern)) == -32602)
      let session = await transport.failure(MCPHTTPFixture.request(3, "tools/list", [:], .legacy))
      #expect(session == nil)
      #expect(transport.state.withLock { $0.sessionID } == nil)
      await transport.close()
    }
  }
}
