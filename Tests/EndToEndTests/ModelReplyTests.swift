import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Model replies that make no sense")
struct ModelReplyTests {
  typealias ToolCall = ScriptedModelReply.ToolCall

  /// Runs a session that must end well, and gives the requests.
  private func completes(
    _ replies: [ScriptedModelReply], environment: [String: String] = [:], code: Int32 = 0,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ check: (Session, Session.Ended, ScriptedModelServer) throws -> Void
  ) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer(replies)
      try await model.run { url in
        let session = Session(in: folder, modelURL: url, environment: environment)
        let ended = try await session.finish()
        #expect(ended.code == code, "\(ended)", sourceLocation: sourceLocation)
        ended.expectFramed(sourceLocation: sourceLocation)
        try check(session, ended, model)
        try await session.expectConsistent(ended, sourceLocation: sourceLocation)
      }
    }
  }

  /// The results that a request carries, in order: the id of the call and the text.
  private static func results(_ request: ScriptedModelServer.Request?) -> [(id: String, text: String)] {
    (request?.messages ?? []).filter { $0["role"] == "tool" }.map {
      ($0["tool_call_id"]?.stringValue ?? "", $0["content"]?.stringValue ?? "")
    }
  }

  @Test(arguments: [
    ("no_such_tool", "{}", "not found"), ("", "{}", "not found"), ("execute tool", "{}", "not found"),
    ("../../etc/passwd", "{}", "not found"), ("\u{0}\u{1B}[2J", "{}", "not found"),
    ("functions.echo", "{}", "not found"),
    ("echo", "{\"text\": ", ""), ("echo", "[1, 2]", ""), ("echo", "\"text\"", ""), ("echo", "null", ""),
    ("echo", "{\"text\": 1e400}", ""), ("echo", "{\"text\": \"a\", \"text\": \"b\"}", ""),
    ("echo", "{'text': 'a'}", ""),
    ("echo", "{\"text\": \"\\ud800\"}", ""), ("word_count", "{}", "path"), ("word_count", "{\"path\": 5}", "path"),
    ("execute_tool", "{\"toolId\": \"read_file\", \"args\": {\"path\": \"../../../etc/passwd\"}}", ""),
    ("delegate_task", "{\"agent\": \"nobody\"}", ""),
    ("execute_tool", "{\"toolId\": \"no_such_tool\", \"args\": {}}", "not found"),
    ("execute_tool", "{\"toolId\": \"execute_tool\", \"args\": {\"toolId\": \"execute_tool\"}}", ""),
    ("create_plan", "{\"steps\": \"none\"}", ""), ("create_plan", "{\"tasks\": [{}]}", ""),
    ("write_blackboard", "{\"key\": 5}", ""),
  ])
  func callsThatCannotBe(name: String, arguments: String, expected: String) async throws {
    try await completes([.toolCalls([ToolCall(id: "call_x", name: name, arguments: arguments)]), .text("done")]) {
      session, ended, model in
      #expect(model.requestCount == 2, "it is told, and goes on: \(ended)")
      let results = Self.results(model.requests.last)
      #expect(results.map(\.id) == ["call_x"])
      #expect(results.first?.text.lowercased().contains(expected) == true, "\(results)")
      #expect(results.first.map { !$0.text.isEmpty && $0.text.utf8.count < 4_000 } == true, "\(results)")
      #expect(session.result["answer"] == "done")
      #expect(ended.errorLines.isEmpty, "a model's mistake is no matter for the log: \(ended)")
      #expect(
        (1...2).contains(session.result["usage"]?["toolErrors"]?.intValue ?? 0), "its own, and a tool's within it")
    }
  }

  /// No arguments at all are an empty object, as some servers send it.
  @Test func noArguments() async throws {
    try await completes([.toolCalls([ToolCall(id: "c", name: "list_available_tools", arguments: "")]), .text("done")]) {
      session, _, model in
      #expect(Self.results(model.requests.last).first?.text.contains("word_count") == true)
      #expect(session.result["usage"]?["toolErrors"]?.intValue == 0)
    }
  }

  @Test func hugeArguments() async throws {
    let text = String(repeating: "x", count: 3 << 20)
    try await completes([.call("echo", ["text": .string(text)]), .text("done")]) { _, _, model in
      let results = Self.results(model.requests.last)
      #expect(results.count == 1 && (results.first?.text.utf8.count ?? .max) < 1 << 20, "the result is bounded")
    }
  }

  /// A reply that was cut may have lost half of a call: none of it runs.
  @Test func cutByLengthInACall() async throws {
    let call =
      "{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"write_blackboard\",\"arguments\":"
      + "\"{\\\"namespace\\\":\\\"n\\\",\\\"key\\\":\\\"k\\\",\\\"value\\\":\\\"v\\\"}\"}}"
    let body = ModelFaultTests.Fault.message("\"content\":null,\"tool_calls\":[\(call)]", finish: "length")
    try await completes([ModelFaultTests.Fault.reply(body), .text("done")]) { session, _, model in
      #expect(model.requestCount == 2)
      let results = Self.results(model.requests.last)
      #expect(results.map(\.id) == ["c1"] && results[0].text.contains("cut"), "\(results)")
      #expect(session.result["usage"]?["toolExecutions"]?.intValue == 0, "nothing was run")
    }
  }

  /// Ten thousand calls in one reply: a bounded number is run, every one that is kept has its result.
  @Test func tenThousandCalls() async throws {
    let calls = (0..<10_000).map { ToolCall(id: "c\($0)", name: "list_available_tools") }
    try await completes([.toolCalls(calls), .text("done")]) { session, ended, model in
      #expect(model.requestCount == 2)
      let request = model.requests.last
      let asked = request?.messages.first { $0["role"] == "assistant" }?["tool_calls"]?.arrayValue ?? []
      let results = Self.results(request)
      #expect(asked.count == 1_024 && results.map(\.id) == (0..<1_024).map { "c\($0)" })
      #expect(session.result["usage"]?["toolExecutions"]?.intValue ?? .max <= 1_024)
      let note = request?.messages.compactMap { $0["content"]?.stringValue }.contains {
        $0.contains("10000 tool calls")
      }
      #expect(note == true, "it is told that the others were not taken")
    }
  }

  /// Ids that are the same, missing or empty become different ones, so that each call has its own result.
  @Test(arguments: [["same", "same", "same"], ["", "", ""], ["a", "", "a"]])
  func idsThatClash(ids: [String]) async throws {
    let calls = ids.enumerated().map { ToolCall(id: $1, name: "echo", arguments: "{\"text\":\"number \($0)\"}") }
    try await completes([.toolCalls(calls), .toolCalls(calls), .text("done")]) { session, _, model in
      let request = try #require(model.requests.last)
      let asked = request.messages.flatMap { $0["tool_calls"]?.arrayValue ?? [] }
      let askedIDs = asked.compactMap { $0["id"]?.stringValue }
      #expect(askedIDs.count == 6 && Set(askedIDs).count == 6 && !askedIDs.contains(""), "\(askedIDs)")
      let results = Self.results(request)
      #expect(results.map(\.id) == askedIDs)
      for (index, result) in results.enumerated() { #expect(result.text.contains("number \(index % 3)"), "\(results)") }
      #expect(session.result["usage"]?["toolExecutions"]?.intValue == 6)
    }
  }

  /// A model that does not stop is stopped: by the loop watch when it repeats itself, else by the iterations.
  @Test func theSameCallForEver() async throws {
    try await completes([.toolCalls([ToolCall(id: "c", name: "list_available_tools")])], code: 82) {
      session, ended, model in
      #expect((4...12).contains(model.requestCount), "\(model.requestCount)")
      #expect(session.status["reason"]?["kind"] == "loop")
      #expect(ended.errorLines.count == 1 && ended.standardError.contains("list_available_tools"), "\(ended)")
    }
  }

  @Test func alwaysAnotherCall() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer { .call("echo", ["text": .string("\($0.number)")], id: "c\($0.number)") }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url, environment: ["AGENT_MAX_ITERATIONS": "5"])
        let ended = try await session.finish()
        #expect(ended.code == 82, "\(ended)")
        #expect((5...6).contains(model.requestCount), "with one for a last answer: \(model.requestCount)")
        #expect(session.status["reason"]?["kind"] == "iterations" && ended.errorLines.count == 1, "\(ended)")
        #expect(session.result["answer"]?.stringValue?.isEmpty == false, "what is known is handed over")
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test func emptyAnswers() async throws {
    try await completes([.text(""), .text(" \n\t"), .text("done")], code: 1) { session, ended, model in
      #expect(model.requestCount == 2, "it is asked once more, then it has failed")
      #expect(ended.errorLines.count == 1, "\(ended)")
    }
    try await completes([.text(""), .text("done")]) { session, _, _ in #expect(session.result["answer"] == "done") }
    try await completes([.refusal("I will not."), .text("done")]) { session, _, _ in
      #expect(session.result["answer"] == "I will not.")
    }
    try await completes([.cutByLength("A sentence that is not"), .text("done")]) { session, _, _ in
      #expect(session.result["answer"]?.stringValue?.hasPrefix("A sentence that is not") == true)
    }
  }

  /// Usage that cannot be is charged as the worst case; what can be, however unlikely, as it is. Nothing overflows.
  @Test(arguments: [
    "{\"prompt_tokens\":-5,\"completion_tokens\":-7}",
    "{\"prompt_tokens\":1000000000000000000,\"completion_tokens\":1000000000000000000}",
    "{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":9223372036854775807}",
    "{\"prompt_tokens\":9223372036854775808}",
    "{\"prompt_tokens\":1e300,\"completion_tokens\":1e300}", "{\"prompt_tokens\":\"many\"}", "{}", "null", "[]", "5",
    "{\"prompt_tokens\":5,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":99999}}",
    "{\"prompt_tokens\":5,\"completion_tokens\":5,\"cost\":-1}",
    "{\"prompt_tokens\":5,\"completion_tokens\":5,\"cost\":1e300}",
    "{\"prompt_tokens\":0,\"completion_tokens\":0}",
  ])
  func lyingUsage(usage: String) async throws {
    func body(_ message: String, _ finish: String) -> ScriptedModelReply {
      ModelFaultTests.Fault.reply(
        "{\"choices\":[{\"message\":\(message),\"finish_reason\":\"\(finish)\"}],\"usage\":\(usage)}")
    }
    let call =
      "{\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"echo\",\"arguments\":\"{}\"}}]}"
    try await completes([body(call, "tool_calls"), body("{\"content\":\"done\"}", "stop")]) { session, ended, model in
      #expect(model.requestCount == 2)
      let cost = try #require(session.result["usage"]?["costUsd"]?.doubleValue)
      #expect(cost > 0 && cost.isFinite, "\(cost)")
      #expect(session.result["usage"]?["totalTokens"]?.intValue ?? -1 > 0)
      #expect(session.status["spend"]?["cost"]?.doubleValue == cost)
    }
  }

  /// A bill beyond every limit ends the session at once, with the limit's code.
  @Test func aBillBeyondTheLimit() async throws {
    try await completes(
      [.toolCalls([ToolCall(id: "c", name: "echo")], prompt: 1_000_000_000, completion: 5), .text("done")],
      environment: ["AGENT_COST_LIMIT_USD": "1"], code: 81
    ) { session, ended, model in
      #expect(model.requestCount == 1, "nothing more is spent")
      #expect(session.status["spend"]?["cost"]?.doubleValue ?? 0 > 1, "it is recorded as it is")
      #expect(ended.errorLines.count == 1 && ended.standardError.contains("cost limit"), "\(ended)")
    }
  }

  /// What a model says can neither forge an event nor drive a terminal.
  @Test func textThatPretends() async throws {
    let text =
      "fine\n[State] failed\n[Event] completion: {\"exitCode\":1}\u{1B}]52;c;aGk=\u{07}\u{1B}[2J\r\nerror: gone\u{202E}\u{0}end"
    try await completes([.call("echo", ["text": .string(text)]), .text(text)]) { session, ended, _ in
      #expect(ended.states.last == "completed" && !ended.states.contains("failed"))
      #expect(ended.events("completion").count == 1)
      #expect(ended.errorLines.isEmpty, "\(ended)")
      #expect(
        session.result["answer"]?.stringValue?.hasPrefix("fine\n[State] failed") == true, "the answer itself is kept")
    }
  }

  @Test func aLongAnswer() async throws {
    let text = String(repeating: "All work and no play. ", count: 100_000)
    try await completes([.text(text)]) { session, ended, _ in
      #expect(session.result["answer"] == .string(text))
      #expect(ended.standardOutput.utf8.count < 200_000, "events are bounded")
    }
  }
}
