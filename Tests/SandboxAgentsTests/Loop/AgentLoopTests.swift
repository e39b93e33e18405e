import SandboxAgents
import SandboxCore
import SandboxTools
import Synchronization
import SandboxTestKit
import Testing

@Suite struct AgentLoopTests {
  @Test func answersAfterItsTools() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let echo = try await fixture.echo()
    let model = ClosureModel { request in
      request.results.isEmpty ? .calls(("echo", #"{"text":"one"}"#)) : .say("got \(request.lastText)")
    }
    let result = try await fixture.loop(model: model, tools: [echo]).run()
    #expect(result == AgentResult(.completed, text: "got one"))
    #expect(model.requests.first?.tools.map(\.name) == ["echo"])
    #expect(model.requests.first?.messages == [.system("Be good."), .user("Do it.")])
    #expect(await fixture.isConsistent())
  }

  @Test func resultsComeInCallOrderWhateverOrderTheyEndIn() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let ended = Mutex<[String]>([])
    let gates = (0..<5).map { _ in Gate() }
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 5
    let wide = try await Fixture(limits: limits)
    try await wide.start(.root)
    let tool = try await wide.tool("ordered") { invocation throws(SandboxError) in
      let text = invocation.arguments["text"]?.stringValue ?? ""
      let index = Int(text) ?? 0
      if index < 4 { try await gates[index].wait() }
      ended.withLock { $0.append(text) }
      if index > 0 { gates[index - 1].open() }
      return "result \(text)"
    }
    let model = ClosureModel { request in
      guard request.results.isEmpty else { return .say("done") }
      return ModelReply(
        text: "", toolCalls: (0..<5).map { .init(id: "p\($0)", name: "ordered", arguments: #"{"text":"\#($0)"}"#) },
        usage: TokenUsage(input: 1, output: 1))
    }
    _ = try await wide.loop(model: model, tools: [tool]).run()
    #expect(ended.withLock { $0 } == ["4", "3", "2", "1", "0"])
    #expect(model.requests[1].results.map(\.text) == (0..<5).map { "result \($0)" })
    #expect(model.requests[1].results.map(\.providerID) == (0..<5).map { "p\($0)" })
  }

  @Test func mistakesOfTheModelAreResults() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let echo = try await fixture.echo()
    try await fixture.echo("secret", category: "integration")
    let fails = try await fixture.tool("fails") { _ throws(SandboxError) in throw SandboxError(.toolFailed, "no luck") }
    let model = ClosureModel { request in
      request.results.isEmpty
        ? .calls(
          ("nobody", "{}"), ("secret", "{}"), ("echo", "{broken"), ("echo", "[1]"), ("echo", #"{"text":5}"#),
          ("fails", "{}"), ("", "{}"), ("echo", ""))
        : .say("done")
    }
    let result = try await fixture.loop(model: model, tools: [echo, fails]).run()
    #expect(result.status == .completed)
    let results = model.requests[1].results
    #expect(results.map(\.isError) == [true, true, true, true, true, true, true, false])
    #expect(results[0].text == "Tool nobody not found; your tools: echo, fails")
    #expect(results[1].text.hasPrefix("Tool secret not found"))
    #expect(results[2].text.contains("not valid JSON"))
    #expect(results[5].text.contains("no luck"))
    #expect(fixture.log.read { $0.executions.count } == 8)
    #expect(await fixture.isConsistent())
  }

  @Test func namesThatAModelMadeUpAreCutAndCleared() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let echo = try await fixture.echo()
    // One character to a reader, and 100,000 scalars.
    let long = "e" + String(repeating: "\u{301}", count: 100_000)
    let model = ClosureModel { request in
      request.results.isEmpty ? .calls(("echo\0\u{1b}[2J", "{}"), (long, long)) : .say("done")
    }
    _ = try await fixture.loop(model: model, tools: [echo]).run()
    let results = model.requests[1].results.map(\.text)
    #expect(results.allSatisfy { $0.utf8.count < 500 && $0.hasSuffix("your tools: echo") })
    #expect(!results[0].unicodeScalars.contains { $0.value < 0x20 })
    let refused = fixture.log.read { Array($0.executions.values) }
    #expect(refused.count == 2)
    #expect(refused.allSatisfy { $0.toolID.rawValue.utf8.count < 500 && $0.arguments.text().utf8.count < 9000 })
  }

  @Test(arguments: [(3, true), (4, false)])
  func iterationsAreExact(needed: Int, succeeds: Bool) async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let echo = try await fixture.echo()
    let model = ClosureModel { request in
      request.results.count == needed - 1
        ? .say("done") : .calls(("echo", #"{"text":"\#(request.results.count)"}"#))
    }
    let result = try await fixture.loop(model: model, tools: [echo], maxIterations: 3).run()
    #expect(model.requests.count == 3)
    if succeeds {
      #expect(result == AgentResult(.completed, text: "done"))
    } else {
      guard case .stopped(.iterations, let detail) = result.status else {
        Issue.record("\(result)")
        return
      }
      #expect(detail.contains("3 iterations") && detail.contains("meta"))
      #expect(result.text == "0\n\n1\n\n2")
    }
  }

  @Test func emptyAnswerIsAskedForOnceMore() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let asked = Counter()
    let model = ClosureModel { _ in asked.enter() == 1 ? .say(" \n") : .say("there") }
    #expect(try await fixture.loop(model: model).run() == AgentResult(.completed, text: "there"))
    #expect(model.requests[1].lastText.contains("was empty"))

    try await fixture.start(TaskID("silent"))
    let silent = ClosureModel { _ in .say("") }
    let result = try await fixture.loop(TaskID("silent"), model: silent).run()
    #expect(result.status == .failed("the model gave no answer"))
    #expect(silent.requests.count == 2)
  }

  @Test func callsOfAReplyThatWasCutOffDoNotRun() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let ran = Counter()
    let tool = try await fixture.tool("write") { _ throws(SandboxError) in
      ran.enter()
      return "ok"
    }
    let model = ClosureModel { request in
      request.results.isEmpty
        ? ModelReply(
          text: "", toolCalls: [.init(id: "a", name: "write", arguments: #"{"text":"ha"#)], finishReason: "length",
          usage: TokenUsage(input: 1, output: 1)) : .say("done")
    }
    #expect(try await fixture.loop(model: model, tools: [tool]).run().status == .completed)
    #expect(ran.total == 0)
    #expect(model.requests[1].results.map(\.isError) == [true])
    #expect(model.requests[1].results.first?.text.contains("cut off") == true)
  }

  @Test(.timeLimit(.minutes(1)))
  func tenThousandCallsInOneReply() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let echo = try await fixture.echo()
    let model = ClosureModel { request in
      request.results.isEmpty
        ? ModelReply(
          text: "", toolCalls: (0..<10_000).map { .init(id: "same", name: "echo", arguments: #"{"text":"\#($0)"}"#) },
          usage: TokenUsage(input: 1, output: 1)) : .say("done")
    }
    #expect(try await fixture.loop(model: model, tools: [echo]).run().status == .completed)
    #expect(model.requests[1].results.map(\.text) == (0..<ToolCallLimit.perReply).map(String.init))
    #expect(model.requests[1].lastText.contains("10000 tool calls"))
  }

  @Test func resumesWhereTheTranscriptEnds() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let ran = Mutex<[String]>([])
    let tool = try await fixture.tool("work") { invocation throws(SandboxError) in
      ran.withLock { $0.append(invocation.callID.rawValue) }
      return "fresh"
    }
    let message = AssistantMessage(
      text: "",
      toolCalls: (0..<3).map {
        ToolCallRequest(id: CallID("root/1.\($0)"), providerID: "p\($0)", name: "work", arguments: "{}")
      })
    try await fixture.log.append([
      .modelCallStarted(
        ModelCallStarted(
          callID: CallID("root/1"), taskID: .root, agentID: .meta, model: "m", step: 1, attempt: 1, reservation: .zero)),
      .modelCallCompleted(
        ModelCallCompleted(
          callID: CallID("root/1"), taskID: .root, message: message, finishReason: "tool_calls", usage: TokenUsage(),
          cost: .zero, requestID: nil, durationMilliseconds: 1)),
      .toolCallStarted(
        ToolCallStarted(
          callID: CallID("root/1.1"), taskID: .root, agentID: .meta, toolID: tool.id, toolVersion: "1.0.0",
          category: "research", effect: .pure, arguments: .object([:]), parentCallID: nil, reservation: .zero,
          maxRetries: 2)),
      .toolCallCompleted(
        ToolCallCompleted(
          callID: CallID("root/1.1"), taskID: .root, status: .completed, output: "kept", error: nil, cost: .zero,
          outputBytes: 4, isTruncated: false, durationMilliseconds: 1)),
    ])
    let model = ClosureModel { _ in .say("done") }
    #expect(try await fixture.loop(model: model, tools: [tool]).run().text == "done")
    #expect(ran.withLock { $0.sorted() } == ["root/1.0", "root/1.2"])
    #expect(model.requests.count == 1)
    #expect(model.requests[0].results.map(\.text) == ["fresh", "kept", "fresh"])
    #expect(fixture.log.read { $0.modelCalls[CallID("root/2")]?.status } == .completed)
  }

  @Test func stoppingSessionMakesNoMoreCalls() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let echo = try await fixture.echo()
    let model = ClosureModel { _ in
      fixture.stop.requestStop(StopReason(.terminate, "signal"))
      return .calls(("echo", "{}"))
    }
    let error = await #expect(throws: SandboxError.self) {
      try await fixture.loop(model: model, tools: [echo]).run()
    }
    #expect(error?.code == .cancelled)
    #expect(model.requests.count == 1)
  }

  @Test func everyStartedCallHasAnOutcomeAfterACancel() async throws {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 4
    let fixture = try await Fixture(limits: limits)
    try await fixture.start(.root)
    let busy = Counter()
    let all = Gate()
    let tool = try await fixture.tool("hang") { _ throws(SandboxError) in
      if busy.enter() == 4 { all.open() }
      try await Gate().wait()
      return ""
    }
    let model = ClosureModel { _ in .calls(("hang", "{}"), ("hang", "{}"), ("hang", "{}"), ("hang", "{}")) }
    let loop = fixture.loop(model: model, tools: [tool])
    let code = await withTaskGroup(of: SandboxError.Code?.self) { group in
      group.addTask {
        do throws(SandboxError) {
          _ = try await loop.run()
          return nil
        } catch {
          return error.code
        }
      }
      try? await all.wait()
      group.cancelAll()
      return await group.next() ?? nil
    }
    #expect(code == .cancelled)
    #expect(
      fixture.log.read { state in state.executions.values.map(\.status) } == Array(repeating: .cancelled, count: 4),
      "\(fixture.log.read { state in state.executions.values.compactMap { $0.error } })")
    #expect(await fixture.isConsistent())
  }
}
