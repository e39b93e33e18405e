import SandboxCore
import SandboxTestKit
import Testing

@Suite("Tools of every type")
struct ToolTypeTests {
  /// A program, an API, a builtin and an MCP server that nobody here wrote, in one session.
  @Test(.enabled(if: MCPPython.present != nil, "no MCP servers from the package index here"))
  func fourTypesInOneSession() async throws {
    let python = try #require(MCPPython.present)
    try await Folder.with { folder in
      try await LoopbackServer.run({ request in
        .json(["query": .string(request.target), "key": .string(request.header("X-API-Key") ?? "")])
      }) { api in
        let manifests = [
          ToolManifests.api(
            "weather",
            [
              "method": "GET", "url": .string("\(api.url)/v1/{city}"), "query": ["units": "{units}"],
              "response": ["pointer": "/query"],
            ], parameters: ["city": ["type": "string"], "units": ["enum": ["metric", "imperial"]]], required: ["city"],
            extra: [
              "credentials": ["type": "api-key", "secret": "WEATHER", "field": "X-API-Key"],
              "metadata": ["category": "execution", "costEstimate": ["perRequest": 0.002, "currency": "USD"]],
            ]),
          ToolManifests.server(
            "clock", ["command": [.string(python), "-m", "mcp_server_time", "--local-timezone", "UTC"]],
            tools: [["name": "convert_time", "effect": "pure"], "get_current_time"]),
          CommandManifest.json("count", argv: ["/usr/bin/wc", "-c"], stdin: "json"),
        ]
        let model = ScriptedModelServer([
          .call("weather", ["city": "São Paulo/..", "units": "metric"], id: "c1"),
          .call(
            "clock__convert_time",
            ["source_timezone": "UTC", "time": "12:30", "target_timezone": "Asia/Kolkata"], id: "c2"),
          .call("count", ["text": "hello"], id: "c3"), .call("echo", ["text": "hello"], id: "c4"),
          .text("All four answered."),
        ])
        try await model.run { url in
          var session = try Session(model: url, in: folder, manifests: manifests)
          session.environment.merge([
            "TOOL_SECRET_WEATHER": "weather-key-61fa07", "TOOL_SECRET_WEATHER_HOSTS": "127.0.0.1",
            "AGENT_PRIVATE_NETWORKS": "127.0.0.0/8",
          ]) { $1 }
          let ended = try await session.finish()
          #expect(ended.code == 0, "\(ended)")
          let state = SessionState.fold(try await session.journal())
          let calls = state.executionOrder.compactMap { state.executions[$0] }
          #expect(calls.map(\.toolID.rawValue) == ["weather", "clock__convert_time", "count", "echo"])
          #expect(calls.map(\.status) == [.completed, .completed, .completed, .completed])
          #expect(calls.map(\.effect) == [.pure, .pure, .unsafe, .pure])
          #expect(calls.map(\.cost.microdollars) == [2000, 0, 0, 0])
          #expect(calls.map { $0.arguments["text"] ?? nil } == [nil, nil, "hello", "hello"])
          #expect(calls.first?.output == #""/v1/S%C3%A3o%20Paulo%2F..?units=metric""#)
          #expect(calls[1].output.contains("18:00"), "\(calls[1].output)")
          #expect(calls[2].output == "16\n")
          #expect(folder.files(containing: "weather-key-61fa07").isEmpty)
          try await session.expectConsistent(ended)
        }
      }
    }
  }

  /// Arguments are checked against the schema that the server itself gave.
  @Test(.enabled(if: MCPPython.older != nil, "no MCP servers from the package index here"))
  func anOlderServerAndWrongArguments() async throws {
    let python = try #require(MCPPython.older)
    try await Folder.with { folder in
      let server = ToolManifests.server("clock", ["command": [.string(python), "-m", "mcp_server_time"]])
      let model = ScriptedModelServer([
        .call("clock__get_current_time", ["zone": "UTC"], id: "c1"),
        .call("clock__get_current_time", ["timezone": "Mars/Olympus"], id: "c2"),
        .call("clock__get_current_time", ["timezone": "UTC"], id: "c3"), .text("done"),
      ])
      try await model.run { url in
        let session = try Session(model: url, in: folder, manifests: [server])
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        let told = model.requests.map { $0.last("tool") ?? "" }
        #expect(told[1].contains("timezone") && told[1].contains("required"), "\(told[1])")
        // Its own way to say that there is no such time zone.
        #expect(told[2].contains("Error processing mcp-server-time query"), "\(told[2])")
        #expect(told[3].contains("UTC"), "\(told[3])")
        let state = SessionState.fold(try await session.journal())
        #expect(
          state.executionOrder.compactMap { state.executions[$0]?.status } == [.failed, .failed, .completed])
        try await session.expectConsistent(ended)
      }
    }
  }
}
