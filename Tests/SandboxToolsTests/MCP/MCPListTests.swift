import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct MCPListTests {
  private func list(_ changes: String) async throws -> MCPToolList {
    try await withMCPSession(try FakeMCPServer(changes)) { session, _ in try await session.listTools() }
  }

  private let tool = #"{"name": name, "inputSchema": {"type": "object"}}"#

  @Test func pagesAreReadToTheEndAndAnEmptyCursorIsACursor() async throws {
    let list = try await list(
      """
      def listed(id, params):
        name = {None: "a", "": "b", "x": "c"}[params.get("cursor")]
        page = {"tools": [\(tool)]}
        following = {"a": "", "b": "x"}.get(name)
        if following is not None: page["nextCursor"] = following
        reply(id, page)
      """)
    #expect(list.tools.map(\.name) == ["a", "b", "c"])
    #expect(list.problems == [])
  }

  @Test(arguments: [
    ("reply(id, {'tools': [], 'nextCursor': 'same'})", SandboxError.Code.invalidResponse),
    ("reply(id, {'tools': [], 'nextCursor': str(id)})", .limitExceeded),
    ("reply(id, {'tools': [{}] * 10001})", .limitExceeded),
    ("reply(id, {'tools': [], 'nextCursor': 5})", .invalidResponse),
    ("reply(id, {'tools': {}})", .invalidResponse),
    ("reply(id, {})", .invalidResponse),
    ("fail(id, -32601, 'tools/list')", .rejected),
  ])
  func aListWithoutEndOrFormIsAnError(answer: String, code: SandboxError.Code) async throws {
    let error = try await mcpFailure { try await list("def listed(id, params): \(answer)") }
    #expect(error.code == code)
  }

  @Test func allDefinitionsTogetherAreBounded() throws {
    // {"inputSchema":{"type":"object"},"name":"a"} has 44 bytes.
    var list = MCPToolList(maximumBytes: 100)
    func tool(_ name: String) -> JSONValue { ["name": .string(name), "inputSchema": ["type": "object"]] }
    try list.add(tool("a"))
    try list.add(tool("b"))
    var failure: SandboxError?
    do throws(SandboxError) { try list.add(tool("b")) } catch { failure = error }
    #expect(failure?.code == .limitExceeded)
    #expect(list.tools.map(\.name) == ["a", "b"])
  }

  @Test func aServerThatNeverSaidItHasToolsHasNone() async throws {
    let list = try await list(
      """
      def initialize(id, params): reply(id, {"protocolVersion": VERSION, "capabilities": {}, "serverInfo": {}})
      def listed(id, params): fail(id, -32601, "tools/list")
      """)
    #expect(list.tools.isEmpty)
  }

  @Test func toolsThatCannotBeUsedAreLeftOutWithAReason() async throws {
    let list = try await list(
      """
      good = {"type": "object"}
      TOOLS = [{"name": "good", "inputSchema": good}, {"name": "good", "inputSchema": good, "description": "evil"},
        {"name": "no schema"}, {"name": "wrong", "inputSchema": {"type": "string"}},
        {"name": "broken", "inputSchema": {"type": "object", "properties": {"a": {"type": "what"}}}},
        {"name": "output", "inputSchema": good, "outputSchema": {"type": "what"}},
        {"name": "task", "inputSchema": good, "execution": {"taskSupport": "required"}},
        {"name": "optional", "inputSchema": good, "execution": {"taskSupport": "optional"}},
        {"name": "header", "inputSchema": {"type": "object", "properties": {"a": {"type": "number", "x-mcp-header": "A"}}}},
        {"name": "big", "inputSchema": good, "description": "x" * 300000},
        {"name": "", "inputSchema": good}, {"inputSchema": good}, 5, None, {"name": 7}]
      """)
    // No schema at all accepts any object.
    #expect(list.tools.map(\.name) == ["good", "no schema", "optional"])
    #expect(list.tools[0].description == nil)
    #expect(list.problems.count == 12)
    for (part, problem) in zip(
      ["good", "wrong", "broken", "output", "task", "header", "big"], list.problems)
    {
      #expect(problem.contains("\"\(part)\""))
    }
  }

  @Test func aDigestCoversWhatTheToolSaysOfItselfInWhateverOrder() throws {
    let tool: JSONObject = [
      "name": "t", "description": "d", "inputSchema": ["type": "object", "title": "x"], "annotations": ["a": 1],
    ]
    let digest = try MCPRemoteTool(.object(tool)).digest
    // sha256 of {"annotations":{"a":1},"description":"d","inputSchema":{"title":"x","type":"object"},"name":"t"}
    #expect(digest == "sha256:a1a85d08ee709e170a20435089a26239684b6da914e73778f20f3edf89bf8954")
    let turned = JSONObject(tool.map { ($0.key, $0.value) }.reversed() + [("icons", []), ("title", "T")])
    #expect(try MCPRemoteTool(.object(turned)).digest == digest)
    for (key, value) in [
      ("name", "u"), ("description", "e"), ("inputSchema", ["type": "object"]), ("annotations", ["a": 2]),
      ("outputSchema", ["type": "object"]),
    ] as [(String, JSONValue)] {
      var changed = tool
      changed[key] = value
      #expect(try MCPRemoteTool(.object(changed)).digest != digest)
    }
  }
}
