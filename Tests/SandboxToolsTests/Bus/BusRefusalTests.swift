import SandboxTestKit
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusRefusalTests {
  private static let schema: JSONValue = [
    "type": "object", "properties": ["q": ["type": "string"], "n": ["type": "integer", "minimum": 1]],
    "required": ["q"],
    "additionalProperties": false,
  ]

  @Test func unknownTool() async throws {
    let fixture = try await BusFixture()
    let result = try await fixture.run("nothing")
    #expect(result.text == "Tool nothing not found")
    #expect(result.error == ErrorRecord(code: .notFound, message: "Tool nothing not found"))
    #expect(await fixture.types() == ["tool_call_refused"])
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.status == .failed)
    #expect(execution.toolID == "nothing".asID())
  }

  @Test func hostileToolNameIsBounded() async throws {
    let fixture = try await BusFixture()
    let result = try await fixture.run("\u{1b}]0;\u{7}" + String(repeating: "x", count: 1 << 20))
    #expect(result.text.utf8.count < 1024)
    #expect(!result.text.unicodeScalars.contains("\u{1b}"))
    #expect(try #require(fixture.bus.executionHistory().first).toolID.rawValue.utf8.count < 1024)
  }

  @Test(arguments: [
    ("{", "not valid JSON"), ("[]", "expected an object, found array"), ("null", "found null"),
    ("\"q\"", "found string"),
    ("12", "found integer"), ("{\"q\":\"a\",\"q\":\"b\"}", "not valid JSON"), ("{'q':1}", "not valid JSON"),
    ("{\"q\":NaN}", "not valid JSON"), ("{\"q\":\"\\ud800\"}", "not valid JSON"), ("{} {}", "not valid JSON"),
    ("", "/q: is required"), (" \n", "/q: is required"), ("{}", "/q: is required"),
    ("{\"q\":1}", "/q: expected string, found integer"), ("{\"q\":null}", "/q: expected string, found null"),
    ("{\"q\":\"a\",\"x\":1}", "/x: is not a known property; allowed are q, n"),
    ("{\"q\":\"a\",\"n\":0}", "/n: 0 is too small; it must be at least 1"),
    ("{\"q\":\"a\",\"n\":1.5}", "/n: expected integer, found number"),
    (String(repeating: "[", count: 100_000), "not valid JSON"),
  ])
  func invalidArguments(_ text: String, _ reason: String) async throws {
    let fixture = try await BusFixture()
    let runs = Counter()
    try await fixture.add("t", parameters: Self.schema) { _ in
      runs.add()
      return ToolOutput(text: "")
    }
    let result = try await fixture.run("t", text)
    #expect(result.error?.code == .invalidArgument)
    #expect(result.text.hasPrefix("Invalid arguments for t: "))
    #expect(result.text.contains(reason))
    #expect(!result.text.contains("JSON: not valid JSON"))
    #expect(result.text == result.error?.message)
    #expect(runs.value == 0)
    #expect(await fixture.types() == ["tool_call_refused"])
  }

  @Test func noArgumentsAreAnEmptyObject() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t") { ToolOutput(json: $0.arguments) }
    for (index, text) in ["", "  \n\t", "{}"].enumerated() {
      #expect(try await fixture.run("t", text, id: "c\(index)").text == "{}")
    }
  }

  // MARK: - Rates

  @Test func waitsForTheToolsRateOrRefuses() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    try await fixture.add("t", rateLimit: .init(requestsPerMinute: 12, burst: 1))
    #expect(try await fixture.run("t", id: "1").error == nil)
    async let second = fixture.run("t", id: "2")
    await eventually { time.sleeping == [.seconds(5)] }
    // Behind the one that waits, this one would wait ten seconds.
    let refused = try await fixture.run("t", id: "3")
    #expect(refused.error?.code == .rateLimited)
    #expect(refused.text == "Rate limit exceeded for t; next call in 10 s")
    time.advance(by: .seconds(5))
    #expect(try await second.error == nil)
    #expect(await fixture.types().filter { $0 == "tool_call_refused" }.count == 1)
    #expect(time.sleeping.isEmpty)
  }

  @Test func cancelledWhileItWaitsForTheRate() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    try await fixture.add("t", rateLimit: .init(requestsPerMinute: 60, burst: 1))
    try await fixture.run("t", id: "1")
    let task = Task { try await fixture.run("t", id: "2") }
    await eventually { time.sleeping.count == 1 }
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    #expect(fixture.bus.executionHistory().map(\.id) == ["1".asID()])
    #expect(await fixture.bus.callsInFlight().isEmpty)
  }

  @Test(arguments: 0..<20) func rateIsNeverExceeded(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let limit = ToolDefinition.RateLimit(
      requestsPerMinute: .random(in: 1...600, using: &random), burst: .random(in: 1...20, using: &random))
    let limiter = ToolRateLimiter(limit)
    var now = Duration.seconds(1000)
    var sent: [Duration] = []
    for _ in 0..<500 {
      now += .milliseconds(Int.random(in: 0...2000, using: &random))
      if case .send(let delay) = limiter.charge(at: now, patience: .seconds(5)) { sent.append(now + delay) }
    }
    #expect(sent == sent.sorted())
    for (first, start) in sent.enumerated() {
      for last in first..<min(sent.count, first + 60) {
        let allowed = Double(limit.burst) + (sent[last] - start).secondsAsDouble * Double(limit.requestsPerMinute) / 60
        #expect(Double(last - first + 1) <= allowed + 1e-6)
      }
    }
  }

  @Test func onlyToolsThatCallAnAPIWaitForTheSessionsCalls() async throws {
    let time = ManualTime()
    var limits = ExecutionLimits()
    limits.maxCallsPerMinute = 1
    let fixture = try await BusFixture(limits: limits, time: time.source)
    try await fixture.add("api", traits: .callsAPI)
    try await fixture.add("local")
    try await fixture.run("api", id: "1")
    try await fixture.run("local", id: "2")
    async let third = fixture.run("api", id: "3")
    await eventually { time.sleeping == [.seconds(60)] }
    time.advance(by: .seconds(60))
    #expect(try await third.error == nil)
  }

  // MARK: - Failures again and again

  private func failing(_ fixture: BusFixture, _ runs: Counter) async throws {
    try await fixture.add("t") { invocation throws(SandboxError) in
      runs.add()
      if invocation.arguments["succeed"] == true { return ToolOutput(text: "ok") }
      let reason = invocation.arguments["reason"]?.stringValue ?? "broken"
      throw SandboxError(.toolFailed, reason == "other" ? "number \(runs.value)" : reason)
    }
  }

  @Test func whatStoppedACallIsOneSentence() async throws {
    let fixture = try await BusFixture()
    try await failing(fixture, Counter())
    let arguments = "{\"reason\":\"two\\nlines\\n\"}"
    for index in 1...5 { try await fixture.run("t", arguments, id: "c\(index)") }
    let sixth = try await fixture.run("t", arguments, id: "c6")
    #expect(
      sixth.text == "t was stopped after 5 identical failures: two lines. Change the arguments or use another tool.")
  }

  @Test func stopsAfterFiveIdenticalFailures() async throws {
    let fixture = try await BusFixture()
    let runs = Counter()
    try await failing(fixture, runs)
    for index in 1...5 { try await fixture.run("t", "{\"a\":1,\"b\":2}", id: "c\(index)") }
    // The same arguments, written in another way.
    let sixth = try await fixture.run("t", "{ \"b\": 2.0, \"a\": 1 }", id: "c6")
    #expect(runs.value == 5)
    #expect(sixth.error?.code == .rejected)
    #expect(sixth.text.contains("stopped after 5 identical failures"))
    #expect(sixth.text.contains("broken"))
    #expect(try await fixture.run("t", "{\"a\":2}", id: "c7").error?.code == .toolFailed)

    let resumed = try await BusFixture(resuming: fixture.log.current)
    try await failing(resumed, runs)
    #expect(try await resumed.run("t", "{\"a\":1,\"b\":2}", id: "c8").error?.code == .rejected)
    #expect(runs.value == 6)
  }

  @Test func differentFailuresAndSuccessesStartAnew() async throws {
    let fixture = try await BusFixture()
    let runs = Counter()
    try await failing(fixture, runs)
    for index in 1...8 { try await fixture.run("t", "{\"reason\":\"other\"}", id: "a\(index)") }
    #expect(runs.value == 8)
    for index in 1...8 { try await fixture.run("t", "{\"succeed\":true}", id: "b\(index)") }
    #expect(runs.value == 16)
    // Invalid arguments never ran and count for nothing.
    try await fixture.add("strict", parameters: Self.schema)
    for index in 1...8 {
      #expect(try await fixture.run("strict", "{}", id: "c\(index)").error?.code == .invalidArgument)
    }
  }

  // MARK: - The session's end

  @Test func startsNothingOnceTheSessionStops() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t")
    fixture.stop.requestStop(StopReason(.terminate, "SIGTERM"))
    #expect(try await fixture.run("t").error?.code == .invalidState)
    #expect(await fixture.types() == ["tool_call_refused"])
  }

  @Test func startsNothingOnceTheTimeIsOver() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source, deadline: .seconds(10))
    try await fixture.add("t", traits: .untimed)
    time.advance(by: .seconds(10))
    #expect(try await fixture.run("t").error?.code == .limitExceeded)
  }

  @Test func throwsWhenTheJournalIsDead() async throws {
    let log = SessionLog(journal: DeadJournal(), time: .system)
    let bus = ToolBus(
      log: log, limits: ExecutionLimits(), deadline: Deadline(after: .seconds(60), time: .system),
      callGate: CallRateGate(callsPerMinute: nil, time: .system), time: .system, stop: StopControl())
    let runs = Counter()
    try await bus.register(
      ToolDefinition(id: "t".asID(), description: "", category: "research", parameters: ["type": "object"]),
      executor: ClosureExecutor { _ in
        runs.add()
        return ToolOutput(text: "")
      })
    for tool in ["t", "unknown"] {
      do throws(SandboxError) {
        _ = try await bus.execute(
          ToolCall(id: CallID(tool), taskID: .root, agentID: .meta, tool: tool, arguments: ""))
        Issue.record("returned")
      } catch {
        #expect(error.code == .io)
      }
    }
    #expect(runs.value == 0)
  }
}

private struct DeadJournal: Journal {
  func commit(_ records: [EventRecord]) async throws(SandboxError) { throw SandboxError(.io, "disk full") }
}
