import SandboxCore
import SandboxSchema
import Testing

@testable import SandboxTools

@Suite struct BuiltinSessionTests {
  @Test func echoReturnsItsArguments() async throws {
    try await BuiltinFixture.with { session in
      let arguments: JSONValue = ["text": "é\n\"", "n": [1, 2.5, .decimal("1e400"), .null]]
      let answer = try await session.call("echo", arguments)
      #expect(answer == arguments)
    }
  }

  @Test func unknownHandlerIsAnError() async throws {
    try await BuiltinFixture.with { session in
      let error = try await session.failure("frobnicate", .object([:]))
      #expect(error.message == "Unknown builtin tool: frobnicate")
    }
  }

  @Test func oneHandlerStandsUnderSeveralIDs() async throws {
    try await BuiltinFixture.with { session in
      let definition = ToolDefinition(
        id: ToolID("ping"), name: "write_file", description: "", category: "execution", parameters: .object([:]))
      let invocation = ToolInvocation(
        callID: CallID("c"), taskID: .root, agentID: .meta, definition: definition, arguments: ["a": 1], attempt: 1,
        timeout: .seconds(1))
      let output = try await session.executor.bound(to: "echo").execute(invocation)
      #expect(output.text == "{\"a\":1}")
      // Without a handler of its own the name decides.
      await #expect(throws: SandboxError.self) { _ = try await session.executor.execute(invocation) }
    }
  }

  @Test func listsTools() async throws {
    try await BuiltinFixture.with { session in
      let all = try await session.call("list_available_tools")
      #expect(all.arrayValue?.map { $0["id"] } == ["read_file", "query_table"])
      let some = try await session.call("list_available_tools", ["category": "analytics"])
      #expect(
        some == [["id": "query_table", "name": "query_table", "description": "Queries", "category": "analytics"]])
      #expect(try await session.call("list_available_tools", ["category": "none"]) == [])
    }
  }

  @Test func blackboardKeepsVersions() async throws {
    try await BuiltinFixture.with { session in
      let write = { (value: JSONValue, version: JSONValue?) -> JSONValue in
        var arguments: JSONObject = ["namespace": "research:findings", "key": "k", "value": value]
        arguments["expectedVersion"] = version
        return .object(arguments)
      }
      #expect(try await session.call("write_blackboard", write(["a": 1], 0))["version"] == 1)
      #expect(try await session.failure("write_blackboard", write("x", 0)).code == .conflict)
      #expect(try await session.call("write_blackboard", write(.null, 1), agent: "other")["version"] == 2)
      let found = try await session.call("query_blackboard", ["namespace": "research:*"])
      #expect(found["entries"]?.arrayValue?.count == 1)
      #expect(found["entries"]?[0]?["agentId"] == "other")
      #expect(found["entries"]?[0]?["version"] == 2)
      #expect(found["entries"]?[0]?["value"]?.isNull == true)
      #expect(try await session.failure("write_blackboard", ["namespace": "a", "key": "b"]).message.contains("value"))
    }
  }

  @Test func sessionsOwnKeysAreRefused() async throws {
    try await BuiltinFixture.with { session in
      for key in ["final_result", "paused_at"] {
        let error = try await session.failure(
          "write_blackboard", ["namespace": "session", "key": .string(key), "value": "forged"])
        #expect(error.code == .denied)
      }
      #expect(session.log.read { $0.blackboard.isEmpty })
      #expect(
        try await session.call("write_blackboard", ["namespace": "session", "key": "notes", "value": 1])["version"] == 1
      )
    }
  }

  @Test func queriesAreBounded() async throws {
    try await BuiltinFixture.with { session in
      let long = String(repeating: "wörter ", count: 2_000)
      for index in 0..<40 {
        _ = try await session.call(
          "write_blackboard", ["namespace": "n", "key": "k\(index)", "value": .string(long)])
      }
      let output = try await session.output("query_blackboard", ["limit": 100])
      #expect(output.text.utf8.count <= ToolText.maximumBytes)
      let result = try JSONValue(parsing: output.text)
      #expect(result["truncated"] == true)
      #expect(result["entries"]?[0]?["preview"]?.stringValue?.hasSuffix("…") == true)
      #expect(result["entries"]?[0]?["bytes"]?.intValue == long.utf8.count)
      let one = try await session.call("query_blackboard", ["namespace": "n", "key": "k7"])
      #expect(one["entries"]?[0]?["value"] == .string(long))
      #expect(one["truncated"] == false)
    }
  }

  @Test func sessionToolsHaveHandlersAndSchemas() async throws {
    #expect(
      BuiltinTools.sessionTools.map(\.id.rawValue) == ["query_blackboard", "write_blackboard", "list_available_tools"])
    for tool in BuiltinTools.sessionTools {
      #expect(BuiltinExecutor.handlerNames.contains(tool.id.rawValue))
      #expect(tool.traits == .unmetered)
      #expect(tool.category == "session")
      #expect(tool.effect == (tool.id.rawValue == "write_blackboard" ? .idempotent : .pure))
      let schema = try JSONSchema(compiling: tool.parameters)
      #expect(!schema.validate(["unknown": 1]).isEmpty)
    }
    let write = try JSONSchema(compiling: BuiltinTools.sessionTools[1].parameters)
    #expect(write.validate(["namespace": "a", "key": "b", "value": .null]).isEmpty)
  }
}
