import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

@Suite struct OpenAIRequestTests {
  static let tool = ToolSpecification(
    name: "search", description: "Find \"it\"",
    parameters: ["type": "object", "properties": ["q": ["type": "string"]], "required": ["q"]], category: "research")

  static func request(
    messages: [Message] = [.user("Hi")], tools: [ToolSpecification] = [], temperature: Double? = nil, attempt: Int = 1
  ) -> ModelRequest {
    ModelRequest(
      agentID: .meta, messages: messages, tools: tools, maxOutputTokens: 900, temperature: temperature,
      idempotencyKey: "s/root/1", attempt: attempt, timeout: .seconds(7))
  }

  static func model(
    _ transport: FakeTransport, profile: OpenAIProfile = .openai, facts: ModelFacts = .unknown, key: String? = "sk-1",
    time: TimeSource = .system
  ) -> OpenAIChatModel {
    OpenAIChatModel(
      name: "openai/m-1", model: "m-1", baseURL: "http://h/v1/", key: key, profile: profile, facts: facts,
      transport: transport, time: time)
  }

  @Test func bodyIsExactlyTheProtocols() async throws {
    let transport = FakeTransport(.fine)
    let messages: [Message] = [
      .system("Be brief."), .user("Find \"x\"\nnow"),
      .assistant(
        AssistantMessage(
          text: "",
          toolCalls: [
            ToolCallRequest(id: CallID("root/1.0"), providerID: "call_1", name: "search", arguments: #"{"q":"x"}"#),
            ToolCallRequest(id: CallID("root/1.1"), providerID: "call_2", name: "search", arguments: ""),
          ])),
      .toolResult(ToolResultMessage(callID: CallID("root/1.0"), providerID: "call_1", text: "found", isError: false)),
      .toolResult(ToolResultMessage(callID: CallID("root/1.1"), providerID: "call_2", text: "no q", isError: true)),
      .assistant(AssistantMessage(text: "Done")),
    ]
    _ = try await Self.model(transport).respond(
      to: Self.request(messages: messages, tools: [Self.tool], temperature: 0.5))
    let expected =
      #"{"model":"m-1","messages":[{"role":"system","content":"Be brief."},"#
      + #"{"role":"user","content":"Find \"x\"\nnow"},"#
      + #"{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":"#
      + #"{"name":"search","arguments":"{\"q\":\"x\"}"}},{"id":"call_2","type":"function","function":"#
      + #"{"name":"search","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"found"},"#
      + #"{"role":"tool","tool_call_id":"call_2","content":"no q"},{"role":"assistant","content":"Done"}],"#
      + #""tools":[{"type":"function","function":{"name":"search","description":"Find \"it\"","parameters":"#
      + #"{"type":"object","properties":{"q":{"type":"string"}},"required":["q"]}}}],"#
      + #""max_completion_tokens":900,"temperature":0.5}"#
    #expect(transport.requests.map { String(decoding: $0.body, as: UTF8.self) } == [expected])
  }

  @Test func headersAndAddress() async throws {
    let transport = FakeTransport(.fine)
    _ = try await Self.model(transport).respond(to: Self.request(attempt: 3))
    let request = try #require(transport.requests.first)
    #expect(request.method == "POST")
    #expect(request.url == "http://h/v1/chat/completions")
    #expect(request.timeout == .seconds(7))
    let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
    #expect(headers["Authorization"] == "Bearer sk-1")
    #expect(headers["Content-Type"] == "application/json")
    #expect(headers["Idempotency-Key"] == "s/root/1")
    #expect(headers["X-Retry-Count"] == "2")
  }

  @Test func serverWithoutKeyGetsNoCredential() async throws {
    let transport = FakeTransport(.fine)
    _ = try await Self.model(transport, profile: .ollama, key: nil).respond(to: Self.request())
    #expect(transport.requests[0].headers.allSatisfy { $0.name != "Authorization" })
  }

  @Test(arguments: [
    (OpenAIProfile.openai, "max_completion_tokens"), (.openrouter, "max_completion_tokens"), (.ollama, "max_tokens"),
    (.generic, "max_tokens"),
  ])
  func oneCapByProfile(profile: OpenAIProfile, member: String) async throws {
    let transport = FakeTransport(.fine)
    _ = try await Self.model(transport, profile: profile).respond(to: Self.request())
    let body = try JSONValue(parsing: transport.requests[0].body)
    #expect(body.objectValue?.keys == ["model", "messages", member])
    #expect(body[member]?.intValue == 900)
  }

  // MARK: - Tools and reasoning

  static let refusal = HTTPReply(
    400,
    #"{"error":{"message":"use /v1/responses","type":"invalid_request_error","param":"reasoning_effort","code":null}}"#)

  @Test func effortNoneIsTriedOnceAndRemembered() async throws {
    let transport = FakeTransport(Self.refusal, .fine)
    let model = Self.model(transport)
    _ = try await model.respond(to: Self.request(tools: [Self.tool]))
    _ = try await model.respond(to: Self.request(tools: [Self.tool]))
    _ = try await model.respond(to: Self.request())
    let efforts = try transport.requests.map { try JSONValue(parsing: $0.body)["reasoning_effort"]?.stringValue }
    #expect(efforts == [nil, "none", "none", nil])
  }

  @Test func effortNoneIsSentAtOnceWhenTheTableSaysSo() async throws {
    let transport = FakeTransport(.fine)
    let facts = ModelFacts(flags: [.chatToolsNeedEffortNone, .effortNone])
    _ = try await Self.model(transport, facts: facts).respond(to: Self.request(tools: [Self.tool]))
    #expect(try JSONValue(parsing: transport.requests[0].body)["reasoning_effort"]?.stringValue == "none")
  }

  @Test func effortNoneThatIsRefusedIsNotTriedAgain() async throws {
    let transport = FakeTransport(Self.refusal)
    let error = await #expect(throws: SandboxError.self) {
      try await Self.model(transport).respond(to: Self.request(tools: [Self.tool]))
    }
    #expect(error?.code == .rejected)
    #expect(transport.requests.count == 2)
  }
}
