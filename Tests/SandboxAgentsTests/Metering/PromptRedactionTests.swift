import SandboxAgents
import SandboxCore
import SandboxTestKit
import SandboxTools
import Testing

@Suite struct PromptRedactionTests {
  private static let canary = "pa\"ss/word-ü-93"

  private static let messages: [Message] = [
    .system("system \(canary)"), .user("user \(Base64.encode(Array("x\(canary)".utf8)))"),
    .assistant(
      AssistantMessage(
        text: "assistant \(canary)",
        toolCalls: [
          ToolCallRequest(
            id: CallID("root/1.0"), providerID: "p1", name: "echo",
            arguments: JSONValue.object(["text": .string(canary)]).text())
        ])),
    .toolResult(ToolResultMessage(callID: CallID("root/1.0"), providerID: "p1", text: "got \(canary)", isError: false)),
    .user("clean"),
  ]

  private static func step(_ messages: [Message], _ tools: ToolOffer = .none) -> ModelStep {
    ModelStep(taskID: .root, agentID: .meta, number: 1, messages: messages, tools: tools)
  }

  @Test func noPromptHasASecret() async throws {
    let fixture = try await Fixture(redactor: Redactor(secrets: [Self.canary]))
    try await fixture.start(.root)
    let tool = ToolDefinition(
      id: ToolID("echo"), description: "Says \(Self.canary)", category: "research",
      parameters: ["type": "object", "properties": ["a": ["type": "string", "description": .string(Self.canary)]]],
      effect: .pure)
    let model = ClosureModel { _ throws(SandboxError) in ModelReply(text: "I saw \(Self.canary)") }
    _ = try await fixture.metered(model).step(Self.step(Self.messages, ToolOffer([tool])))
    let request = try #require(model.requests.first)
    let arguments = try JSONValue(parsing: "{\"text\":\"[REDACTED]\"}").text()
    #expect(request.messages.count == 5)
    #expect(request.messages[0] == .system("system [REDACTED]"))
    guard case .user(let encoded) = request.messages[1] else { return #expect(Bool(false), "not the user's") }
    #expect(encoded.hasPrefix("user ") && encoded.hasSuffix("[REDACTED]") && encoded.utf8.count == 17)
    #expect(
      request.messages[2]
        == .assistant(
          AssistantMessage(
            text: "assistant [REDACTED]",
            toolCalls: [
              ToolCallRequest(id: CallID("root/1.0"), providerID: "p1", name: "echo", arguments: arguments)
            ])))
    #expect(
      request.messages[3]
        == .toolResult(
          ToolResultMessage(callID: CallID("root/1.0"), providerID: "p1", text: "got [REDACTED]", isError: false)))
    #expect(request.messages[4] == .user("clean"))
    #expect(request.tools.first?.description == "Says [REDACTED]")
    #expect(request.tools.first?.parameters["properties"]?["a"]?["description"] == "[REDACTED]")
    #expect(request.tools.first?.name == "echo")
    for event in await fixture.events() { #expect(!(try event.body().text()).contains("ss/word")) }
    #expect(await fixture.isConsistent())
  }

  @Test func aCleanPromptStaysAsItIs() async throws {
    let fixture = try await Fixture(redactor: Redactor(secrets: ["something-else"]))
    try await fixture.start(.root)
    let model = ClosureModel { _ throws(SandboxError) in ModelReply(text: "ok") }
    _ = try await fixture.metered(model).step(Self.step(Self.messages))
    #expect(model.requests.first?.messages == Self.messages)
  }

  /// The mask is longer than the shortest secrets: the worst case is that of what is sent.
  @Test func theReservationCoversTheMask() async throws {
    let fixture = try await Fixture(
      budget: BudgetLimit(cost: nil, tokens: 1_000_000), redactor: Redactor(secrets: ["12345678"]))
    try await fixture.start(.root)
    let text = String(repeating: "12345678 ", count: 100)
    let model = ClosureModel { request throws(SandboxError) in
      // A token a byte, and what is added for a prompt and for a message.
      let reserved = fixture.log.read { $0.budget.session.reserved.tokens }
      #expect(reserved == request.maxOutputTokens + 11 * 100 + 32 + 16)
      return ModelReply(text: "ok", usage: TokenUsage(input: 1, output: 1))
    }
    _ = try await fixture.metered(model).step(Self.step([.user(text)]))
    #expect(model.requests.count == 1)
  }
}
