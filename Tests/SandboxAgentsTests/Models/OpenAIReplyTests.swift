import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

@Suite struct OpenAIReplyTests {
  private func reply(_ text: String, headers: [HTTPHeader] = []) async throws -> ModelReply {
    try await OpenAIRequestTests.model(FakeTransport(HTTPReply(200, text, headers: headers)))
      .respond(to: OpenAIRequestTests.request())
  }

  @Test func everythingThatIsThereIsRead() async throws {
    let reply = try await reply(
      #"{"id":"c1","object":"chat.completion","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","#
        + #""content":null,"refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":"#
        + #"{"name":"search","arguments":"{\"q\":\"x\"}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"#
        + #""usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110,"cost":0.0125,"#
        + #""prompt_tokens_details":{"cached_tokens":64,"cache_write_tokens":5},"#
        + #""completion_tokens_details":{"reasoning_tokens":12}}}"#,
      headers: [HTTPHeader("X-Request-ID", "req-9")])
    #expect(reply.text == "")
    #expect(reply.toolCalls == [.init(id: "call_1", name: "search", arguments: #"{"q":"x"}"#)])
    #expect(reply.finishReason == "tool_calls")
    #expect(reply.usage == TokenUsage(input: 90, output: 20, cachedInput: 64, cacheWrite: 5, reasoning: 12))
    #expect(reply.reportedCost == Money(microdollars: 12_500))
    #expect(reply.requestID == "req-9")
  }

  struct Variant: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: String
    var reason = #""stop""#
    var text = ""
    var calls: [ModelReply.ToolCall] = []
    var finish = "stop"
  }

  static let variants = [
    Variant(testDescription: "empty list of calls", message: #"{"content":"a","tool_calls":[]}"#, text: "a"),
    Variant(testDescription: "null calls", message: #"{"content":"a","tool_calls":null}"#, text: "a"),
    Variant(testDescription: "no content", message: "{}"),
    Variant(
      testDescription: "parts", message: #"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#,
      text: "ab"),
    Variant(
      testDescription: "calls with reason stop",
      message: #"{"content":"","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}"#,
      calls: [.init(id: "1", name: "f", arguments: "{}")], finish: "tool_calls"),
    Variant(
      testDescription: "empty arguments, no id",
      message: #"{"tool_calls":[{"function":{"name":"f","arguments":""}},{"function":{"name":"g"}}]}"#,
      calls: [.init(id: "", name: "f", arguments: ""), .init(id: "", name: "g", arguments: "")], finish: "tool_calls"),
    Variant(
      testDescription: "arguments as an object, broken arguments, call without function",
      message: #"{"tool_calls":[{"id":"1","function":{"name":"f","arguments":{"a":1}}},"#
        + #"{"id":"2","function":{"name":"g","arguments":"{\"a\":"}},{"id":"3"}]}"#,
      calls: [
        .init(id: "1", name: "f", arguments: #"{"a":1}"#), .init(id: "2", name: "g", arguments: #"{"a":"#),
        .init(id: "3", name: "", arguments: ""),
      ], finish: "tool_calls"),
    Variant(
      testDescription: "deprecated function call", message: #"{"function_call":{"name":"f","arguments":"{}"}}"#,
      calls: [.init(id: "", name: "f", arguments: "{}")], finish: "tool_calls"),
    Variant(testDescription: "unknown reason", message: #"{"content":"a"}"#, reason: #""eos""#, text: "a"),
    Variant(testDescription: "reason null", message: #"{"content":"a"}"#, reason: "null", text: "a"),
    Variant(
      testDescription: "cut off", message: #"{"content":"a"}"#, reason: #""length""#, text: "a", finish: "length"),
    Variant(
      testDescription: "cut off in a call",
      message: #"{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a"}}]}"#, reason: #""length""#,
      calls: [.init(id: "1", name: "f", arguments: #"{"a"#)], finish: "length"),
    Variant(
      testDescription: "refusal", message: #"{"content":null,"refusal":"I will not."}"#, text: "I will not.",
      finish: "refusal"),
    Variant(
      testDescription: "reasoning beside the text",
      message: #"{"content":"a","reasoning":"hm","reasoning_content":"hm"}"#,
      text: "a"),
  ]

  @Test(arguments: variants)
  func variant(_ variant: Variant) async throws {
    let reply = try await reply(#"{"choices":[{"message":\#(variant.message),"finish_reason":\#(variant.reason)}]}"#)
    #expect(reply.text == variant.text)
    #expect(reply.toolCalls == variant.calls)
    #expect(reply.finishReason == variant.finish)
    #expect(reply.usage == nil)
  }

  @Test(arguments: [
    (#"{"prompt_tokens":9,"completion_tokens":4}"#, TokenUsage(input: 9, output: 4)),
    (
      #"{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":null,"completion_tokens_details":{}}"#,
      TokenUsage(input: 9, output: 4)
    ),
    (
      #"{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":99,"cache_write_tokens":-1}}"#,
      TokenUsage(input: 9, output: 4, cachedInput: 9)
    ),
    (#"{"prompt_tokens":-9,"completion_tokens":4}"#, nil), (#"{"prompt_tokens":9,"completion_tokens":-4}"#, nil),
    (#"{"prompt_tokens":0,"completion_tokens":0}"#, nil), (#"{"prompt_tokens":"9","completion_tokens":4}"#, nil),
    (#"{"prompt_tokens":1e30,"completion_tokens":4}"#, nil), (#"{"completion_tokens":4}"#, nil), ("null", nil),
    (
      #"{"prompt_tokens":1000000000000000000,"completion_tokens":4}"#,
      TokenUsage(input: 1_000_000_000_000_000_000, output: 4)
    ),
  ])
  func usage(text: String, expected: TokenUsage?) async throws {
    let reply = try await reply(#"{"choices":[{"message":{"content":"a"}}],"usage":\#(text)}"#)
    #expect(reply.usage == expected)
  }

  @Test(arguments: [
    "", "{", "<html>busy</html>", "[]", "{}", #"{"choices":[]}"#, #"{"choices":[{}]}"#,
    #"{"choices":[{"message":null}]}"#, #"{"choices":[{"message":{"content":"cut"#,
  ])
  func garbageMayHaveBeenBilledAndIsWorthAnotherTry(text: String) async throws {
    let error = await #expect(throws: SandboxError.self) { try await reply(text) }
    #expect(error?.code == .invalidResponse)
    #expect(error?.retry == .backoff)
    #expect((error?.cause as? ModelFailure)?.mayBeBilled == true)
  }
}
