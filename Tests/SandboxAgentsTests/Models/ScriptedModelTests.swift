import SandboxAgents
import SandboxCore
import Testing

@Suite struct ScriptedModelTests {
  private func request(_ agent: AgentID = .meta, _ messages: [Message] = [.user("Hi there")]) -> ModelRequest {
    ModelRequest(agentID: agent, messages: messages, tools: [], maxOutputTokens: 1, idempotencyKey: "k")
  }

  private func script(_ text: String, time: TimeSource = .system) throws -> ScriptedModel {
    try ScriptedModel(parsing: JSONValue(parsing: text), time: time)
  }

  @Test func firstStepThatMatchesAndIsNotUsedUp() async throws {
    let model = try script(
      #"""
      { "steps": [
        { "agent": "omega:*", "reply": { "text": "sub" }, "times": null },
        { "agent": "meta", "prompt": "there", "reply": { "text": "one" } },
        { "results": 1, "reply": { "text": "after" } },
        { "last": "Hi", "times": 2, "reply": { "text": "two" } } ] }
      """#)
    var texts: [String] = []
    for _ in 0..<3 { texts.append(try await model.respond(to: request()).text) }
    #expect(texts == ["one", "two", "two"])
    for _ in 0..<3 { #expect(try await model.respond(to: request(AgentID("omega:x"))).text == "sub") }
    #expect(model.unusedSteps == 1)
    let result = ToolResultMessage(callID: CallID("c"), providerID: "p", text: "r", isError: false)
    #expect(try await model.respond(to: request(.meta, [.user("x"), .toolResult(result)])).text == "after")
    let error = await #expect(throws: SandboxError.self) { try await model.respond(to: request()) }
    #expect(error?.code == .rejected && error?.retry == .never)
    #expect(error?.message.contains("agent meta with 0 tool results") == true)
  }

  @Test func callsUsageDelayAndErrors() async throws {
    let clock = FastTime()
    let model = try script(
      #"""
      { "pricedAs": "gpt-4o", "steps": [
        { "reply": { "toolCalls": [ { "name": "f", "arguments": { "a": 1 } }, { "id": "x", "name": "g", "arguments": "{" } ],
                     "usage": { "input": 7, "output": 2, "cachedInput": 3 }, "delayMs": 250, "costUsd": 0.5 } },
        { "reply": { "text": "a", "usage": null } },
        { "reply": { "text": "four" } },
        { "error": { "code": "rate_limited", "status": 429, "retryAfterMs": 40 } },
        { "error": { "code": "invalid_response", "retry": "backoff" } } ] }
      """#, time: clock.source)
    let first = try await model.respond(to: request())
    #expect(
      first.toolCalls == [.init(id: "", name: "f", arguments: #"{"a":1}"#), .init(id: "x", name: "g", arguments: "{")])
    #expect(first.finishReason == "tool_calls")
    #expect(first.usage == TokenUsage(input: 7, output: 2, cachedInput: 3))
    #expect(first.reportedCost == Money(microdollars: 500_000))
    #expect(clock.sleeps == [.milliseconds(250)])
    #expect(try await model.respond(to: request()).usage == nil)
    #expect(try await model.respond(to: request()).usage == TokenUsage(input: 3, output: 2))
    let limited = await #expect(throws: SandboxError.self) { try await model.respond(to: request()) }
    #expect(limited?.code == .rateLimited && limited?.retry == .after(.milliseconds(40)))
    #expect((limited?.cause as? ModelFailure)?.mayBeBilled == false)
    let broken = await #expect(throws: SandboxError.self) { try await model.respond(to: request()) }
    #expect(broken?.retry == .backoff && (broken?.cause as? ModelFailure)?.mayBeBilled == true)
    #expect(model.facts.price?.output == 10_000)
  }

  @Test(arguments: [
    ("[]", "the script must be an object"), ("{}", "/steps must be an array"),
    (#"{"steps":[3]}"#, "/steps/0 must be an object"), (#"{"steps":[{}]}"#, #"either "reply" or "error""#),
    (#"{"steps":[{"reply":{},"error":{}}]}"#, #"either "reply" or "error""#),
    (#"{"steps":[{"reply":{"txt":"a"}}]}"#, "/steps/0/reply/txt is no member"),
    (#"{"steps":[{"agnt":"a","reply":{}}]}"#, "/steps/0/agnt is no member"),
    (#"{"steps":[{"times":-1,"reply":{}}]}"#, "/steps/0/times must be a whole number"),
    (#"{"steps":[{"error":{"retry":"maybe"}}]}"#, "/steps/0/error/retry"),
    (#"{"pricedAs":"nobody","steps":[]}"#, "/pricedAs"),
  ])
  func mistakesAreNamed(text: String, message: String) {
    let error = #expect(throws: SandboxError.self) { try script(text) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: ["/", "/dev/null/x", "/dev/zero"])
  func whatIsNoFileIsRefused(path: String) {
    #expect(throws: SandboxError.self) { try ScriptedModel(contentsOf: path) }
  }
}
