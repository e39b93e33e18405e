import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct MCPCallTests {
  /// Calls the tool `t` of a server whose answer is the given Python expression.
  private func call(
    _ result: String, output: String? = nil, modern: Bool = false, _ arguments: JSONValue = [:]
  ) async throws -> ToolOutput {
    let fake = try FakeMCPServer(
      modern: modern,
      """
      TOOLS = [{"name": "t", "inputSchema": {"type": "object"}}]
      \(output.map { "TOOLS[0]['outputSchema'] = \($0)" } ?? "")
      def call(id, name, arguments, params): \(result)
      """)
    return try await withMCPSession(fake, era: modern ? .modern : .legacy) { (session, _) async throws in
      try await session.call(try await session.tool("t"), arguments)
    }
  }

  @Test func everyKindOfContentBecomesText() async throws {
    let output = try await call(
      """
      reply(id, {"content": [
        {"type": "text", "text": "words"},
        {"type": "image", "mimeType": "image/png", "data": "QUJDRA=="},
        {"type": "audio", "data": "QUJD"},
        {"type": "resource_link", "uri": "file:///a", "name": "A", "mimeType": "text/plain"},
        {"type": "resource", "resource": {"uri": "file:///b", "text": "inside"}},
        {"type": "resource", "resource": {"uri": "file:///c", "mimeType": "application/pdf", "blob": "QUI="}},
        {"type": "hologram", "data": [1]}, {"type": "text"}, 5]})
      """)
    #expect(
      output.text == """
        words
        [image, image/png, 4 bytes]
        [audio, unknown type, 3 bytes]
        [resource: A, file:///a, text/plain]
        [resource file:///b]
        inside
        [resource file:///c, application/pdf, 2 bytes]
        [content of an unknown kind: {"type":"hologram","data":[1]}]
        [content of an unknown kind: {"type":"text"}]
        [content of an unknown kind: 5]
        """)
  }

  @Test func structuredContentIsCheckedAndNotRepeated() async throws {
    let schema = "{'type': 'object', 'properties': {'n': {'type': 'integer'}}, 'required': ['n']}"
    let repeated = try await call(
      #"text(id, '{"n": 5}', structuredContent={"n": 5})"#, output: schema)
    #expect(repeated.text == #"{"n":5}"#)
    let both = try await call("text(id, 'five', structuredContent={'n': 5})", output: schema)
    #expect(both.text == "five\n{\"n\":5}")
    #expect(both.whole == WholeOutput(both.text), "to be kept if it is long")
    let alone = try await call("reply(id, {'structuredContent': {'n': 5}})", output: schema)
    #expect(alone.text == #"{"n":5}"#)
    #expect(alone.whole == WholeOutput(alone.text, isJSON: true))
    let unchecked = try await call("reply(id, {'content': [], 'structuredContent': [1]})")
    #expect(unchecked.text == "[1]")
  }

  @Test(arguments: [
    "text(id, 'x', structuredContent={'n': 'five'})", "text(id, 'x', structuredContent={})", "text(id, 'x')",
  ])
  func aResultThatBreaksItsSchemaIsInvalid(result: String) async throws {
    let schema = "{'type': 'object', 'properties': {'n': {'type': 'integer'}}, 'required': ['n']}"
    let error = try await mcpFailure { try await call(result, output: schema) }
    #expect(error.code == .invalidResponse)
    #expect(!error.isBeforeEffect)
  }

  @Test func aToolThatFailsSaysWhy() async throws {
    let schema = "{'type': 'object', 'required': ['n']}"
    let brief = try await mcpFailure { try await call("text(id, 'no such city', isError=True)", output: schema) }
    #expect(brief.code == .toolFailed)
    #expect(brief.message == "no such city")
    #expect(brief.toolFailure?.output == nil)
    let long = try await mcpFailure { try await call("text(id, 'line\\n' * 100, isError=True)") }
    #expect(long.message.utf8.count < 320)
    #expect(long.toolFailure?.output?.text == String(repeating: "line\n", count: 100))
    let silent = try await mcpFailure { try await call("reply(id, {'isError': True})") }
    #expect(silent.message == "the tool failed and does not say why")
  }

  @Test(arguments: [
    (-32601, SandboxError.Code.rejected, true), (-32602, .rejected, false), (-32603, .unavailable, false),
    (-32000, .unavailable, false), (-32002, .notFound, false), (-32021, .unsupported, true),
    (-32042, .rejected, false), (-32700, .rejected, true),
  ])
  func protocolErrorsAreTold(code: Int, expected: SandboxError.Code, isBeforeEffect: Bool) async throws {
    let error = try await mcpFailure { try await call("fail(id, \(code), 'bad\\nthing')") }
    #expect(error.code == expected)
    #expect(error.isBeforeEffect == isBeforeEffect)
    #expect(error.message == "the MCP server fake refused tools/call: bad thing (code \(code))")
    #expect(error.remoteError?.code == code)
  }

  @Test(arguments: [
    "reply(id, {})", "reply(id, {'content': 'text'})", "reply(id, {'content': None})", "reply(id, 'text')",
    "send({'jsonrpc': '2.0', 'id': id, 'result': [1]})", "text(id, 'x', resultType='novel')",
    "reply(id, {'resultType': 'input_required'})",
  ])
  func whatIsNoResultIsInvalid(result: String) async throws {
    let error = try await mcpFailure { try await call(result, modern: true) }
    #expect(error.code == .invalidResponse)
  }

  @Test func elicitationIsDeclinedWithTheServersState() async throws {
    let fake = try FakeMCPServer(
      modern: true,
      """
      def call(id, name, arguments, params):
        if "inputResponses" not in params:
          return reply(id, {"resultType": "input_required", "requestState": "s\\u00e4",
            "inputRequests": {"q": {"method": "elicitation/create", "params": {"message": "?"}}}})
        text(id, json.dumps([params["inputResponses"], params["requestState"], arguments]), resultType="complete")
      """)
    try await withMCPSession(fake, era: .modern) { (session, _) async throws in
      let output = try await session.call(try await session.tool(), ["words": "w"])
      #expect(
        try JSONValue(parsing: output.text) == [["q": ["action": "decline"]], "s\u{e4}", ["words": "w"]])
    }
    let ids = fake.received.filter { $0["method"] == "tools/call" }.compactMap { $0["id"]?.intValue }
    #expect(ids.count == 2 && ids[0] != ids[1])
  }

  @Test(arguments: [
    "reply(id, {'resultType': 'input_required', 'requestState': 'again'})",
    "reply(id, {'resultType': 'input_required', 'inputRequests': {'s': {'method': 'sampling/createMessage'}}})",
  ])
  func inputThatNobodyCanGiveEndsTheCall(result: String) async throws {
    let error = try await mcpFailure { try await call(result, modern: true) }
    #expect(error.code == .rejected)
  }

  @Test func argumentsGoThroughUnchanged() async throws {
    let arguments: JSONValue = ["big": .decimal("123456789012345678901234567890"), "n": nil, "s": "\u{0}\u{2028}"]
    let output = try await call("text(id, json.dumps(arguments))", arguments)
    #expect(try JSONValue(parsing: output.text) == arguments)
  }
}
