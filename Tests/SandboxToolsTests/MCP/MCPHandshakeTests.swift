import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct MCPHandshakeTests {
  @Test(arguments: [MCPServerSpec.Era.auto, .modern])
  func aModernServerIsAskedWithEverythingInEachRequest(era: MCPServerSpec.Era) async throws {
    let fake = try FakeMCPServer(modern: true)
    try await withMCPSession(fake, era: era) { (session, _) async throws in
      #expect(session.agreement?.version == .v2026July)
      #expect(session.agreement?.server == "fake 2")
      let output = try await session.call(try await session.tool(), ["words": "hi"])
      #expect(output.text == "hi")
    }
    #expect(fake.methods() == ["server/discover", "tools/list", "tools/call"])
    for message in fake.received {
      let meta = message["params"]?["_meta"]
      #expect(meta?["io.modelcontextprotocol/protocolVersion"] == "2026-07-28")
      #expect(meta?["io.modelcontextprotocol/clientCapabilities"] == [:])
      #expect(meta?["io.modelcontextprotocol/clientInfo"]?["name"] == "sandbox-entry")
    }
    #expect(fake.received[2]["params"]?["_meta"]?["progressToken"] == fake.received[2]["id"])
  }

  @Test func anOlderServerIsInitializedOnTheSameProcess() async throws {
    let fake = try FakeMCPServer()
    try await withMCPSession(fake, era: .auto) { (session, _) async throws in
      #expect(session.agreement?.version == .v2025November)
      let list = try await session.listTools()
      #expect(list.tools.map(\.name) == ["echo"])
    }
    #expect(fake.methods() == ["server/discover", "initialize", "notifications/initialized", "tools/list"])
  }

  @Test func aServerThatNeverAnswersTheProbeIsInitializedAfterAWhile() async throws {
    let fake = try FakeMCPServer("def discover(id, params): pass")
    try await withMCPSession(fake, era: .auto, time: fastTime()) { (session, _) async throws in
      #expect(session.agreement?.version == .v2025November)
    }
    #expect(fake.methods() == ["server/discover", "initialize", "notifications/initialized"])
  }

  /// A modern server that takes long to start gets both first messages, answers the first and refuses the second.
  @Test func aSlowModernServerIsStillModern() async throws {
    let fake = try FakeMCPServer(
      modern: true,
      """
      first = []
      def discover(id, params): first.append(id)
      def initialize(id, params):
        fail(id, -32602, "no _meta")
        reply(first[0], {"supportedVersions": ["2026-07-28"], "capabilities": {}})
      """)
    try await withMCPSession(fake, era: .auto, time: fastTime()) { (session, _) async throws in
      #expect(session.agreement?.version == .v2026July)
    }
    #expect(fake.methods() == ["server/discover", "initialize"])
  }

  @Test(arguments: ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])
  func theServersOlderRevisionIsTaken(version: String) async throws {
    let fake = try FakeMCPServer("VERSION = '\(version)'")
    try await withMCPSession(fake) { session, _ in #expect(session.agreement?.version.rawValue == version) }
  }

  @Test(arguments: [
    ("VERSION = '1999-01-01'", SandboxError.Code.unsupported),
    ("VERSION = '2026-07-28'", .unsupported),
    ("VERSION = 5", .invalidResponse),
    ("def initialize(id, params): reply(id, [])", .invalidResponse),
    ("def initialize(id, params): send({'jsonrpc': '2.0', 'id': id, 'result': None})", .invalidResponse),
    ("def initialize(id, params): fail(id, -32603, 'no')", .unavailable),
    ("def initialize(id, params): sys.exit(0)", .unavailable),
  ])
  func anInitializeThatGoesWrongIsAnError(changes: String, code: SandboxError.Code) async throws {
    let fake = try FakeMCPServer(changes)
    let error = try await mcpFailure { try await withMCPSession(fake) { _, _ in } }
    #expect(error.code == code)
  }

  @Test(arguments: [
    "fail(id, -32022, 'v', {'supported': ['2031-01-01'], 'requested': '2026-07-28'})",
    "fail(id, -32021, 'c', {'requiredCapabilities': {}})",
    "reply(id, {'supportedVersions': ['2031-01-01']})",
  ])
  func aModernRefusalIsFinal(answer: String) async throws {
    let fake = try FakeMCPServer(
      "def discover(id, params): \(answer)\ndef initialize(id, params): fail(id, -32601, 'initialize')")
    let error = try await mcpFailure { try await withMCPSession(fake, era: .modern) { _, _ in } }
    #expect(error.code == .unsupported)
  }

  @Test func aModernRefusalThatNamesAnOlderRevisionLeadsThere() async throws {
    let fake = try FakeMCPServer(
      "def discover(id, params): fail(id, -32022, 'v', {'supported': ['2030-01-01', '2025-11-25']})")
    try await withMCPSession(fake, era: .auto) { (session, _) async throws in
      #expect(session.agreement?.version == .v2025November)
    }
  }

  @Test func modernErrorsWithoutAnOlderRevisionAreNotTriedFurther() async throws {
    let fake = try FakeMCPServer("def discover(id, params): fail(id, -32021, 'needs sampling')")
    let error = try await mcpFailure { try await withMCPSession(fake, era: .auto) { _, _ in } }
    #expect(error.code == .unsupported)
    #expect(fake.methods() == ["server/discover"])
  }

  @Test func changesAreSubscribedToWhereTheServerOffersThem() async throws {
    let fake = try FakeMCPServer(
      modern: true,
      """
      def discover(id, params):
        reply(id, {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {"listChanged": True}}})
      def other(message):
        notify("notifications/subscriptions/acknowledged", {})
        notify("notifications/tools/list_changed", {})
      """)
    let changes = Collected<Int>()
    try await withMCPSession(fake, era: .auto, onToolsChanged: { changes.add(1) }) { (_, _) async throws in
      #expect(try await mcpEventually { changes.all == [1] })
    }
    let listen = try #require(fake.received.first { $0["method"] == "subscriptions/listen" })
    #expect(listen["params"]?["notifications"] == ["toolsListChanged": true])
  }
}
