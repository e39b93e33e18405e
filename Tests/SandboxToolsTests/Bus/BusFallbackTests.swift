import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct BusFallbackTests {
  private static let down = SandboxError(.unavailable, "no route")

  private func add(
    _ fixture: BusFixture, _ id: String, effect: ToolEffect = .pure, fallback: [String] = [],
    parameters: JSONValue = ["type": "object"], cost: Money = .zero, approval: ToolApproval = .never,
    rateLimit: ToolDefinition.RateLimit? = nil, breaker: ToolDefinition.Breaker? = nil,
    runs: Recorder<String> = Recorder(), error: SandboxError? = nil
  ) async throws {
    try await fixture.add(
      id, parameters: parameters, effect: effect, rateLimit: rateLimit, cost: cost, approval: approval,
      fallback: fallback, breaker: breaker
    ) { invocation throws(SandboxError) in
      runs.append(id)
      if let error { throw error }
      return ToolOutput(text: "from \(id) \(invocation.arguments.text(.compact))")
    }
  }

  @Test func anotherToolAnswers() async throws {
    let fixture = try await BusFixture()
    try await add(fixture, "x", fallback: ["y"], cost: Money(microdollars: 10), error: Self.down)
    try await add(fixture, "y", cost: Money(microdollars: 7))
    let result = try await fixture.run("x", "{\"q\":1}", id: "c")
    #expect(
      result == ToolCallResult(callID: "c".asID(), text: "[answered by y because x failed: no route]\nfrom y {\"q\":1}")
    )
    #expect(
      await fixture.types()
        == ["tool_call_started", "tool_call_completed", "tool_fallback", "tool_call_started", "tool_call_completed"])
    #expect(
      await fixture.announcements("tool_fallback") == [
        ["callId": "c", "toolId": "x", "error": "no route", "fallbackCallId": "c.f1", "fallbackToolId": "y"]
      ])
    let state = fixture.log.current
    let first = try #require(state.executions["c".asID()])
    #expect(first.status == .failed)
    #expect(first.error == ErrorRecord(code: .unavailable, message: "no route"))
    #expect(first.fallback == ToolFallback(callID: "c.f1".asID(), toolID: "y".asID()))
    let second = try #require(state.executions["c.f1".asID()])
    #expect(second.status == .completed)
    #expect(second.parentCallID == "c".asID())
    #expect(second.toolID == "y".asID())
    #expect(fixture.bus.totalCost == Money(microdollars: 17))
  }

  /// First those that the tool names, then those that they name; everyone once.
  @Test func orderCyclesAndDepth() async throws {
    let fixture = try await BusFixture()
    let runs = Recorder<String>()
    try await add(fixture, "a", fallback: ["b", "nobody", "c", "a"], runs: runs, error: Self.down)
    try await add(fixture, "b", fallback: ["d", "a"], runs: runs, error: Self.down)
    try await add(fixture, "c", fallback: ["b", "e"], runs: runs, error: SandboxError(.toolFailed, "broken"))
    try await add(fixture, "d", fallback: ["a"], runs: runs, error: Self.down)
    try await add(fixture, "e", fallback: ["f"], runs: runs, error: Self.down)
    try await add(fixture, "f", fallback: ["g"], runs: runs, error: Self.down)
    try await add(fixture, "g", runs: runs)
    let result = try await fixture.run("a", id: "1")
    // Five instead of the one, and no more.
    #expect(runs.values == ["a", "b", "c", "d", "e", "f"])
    #expect(
      result.text
        == "a failed: no route; b failed: no route; c failed: broken; d failed: no route; e failed: no route; "
        + "f, called instead: no route")
    #expect(result.error?.code == .unavailable)
    #expect(
      fixture.bus.executionHistory().reversed().map(\.id.rawValue) == ["1", "1.f1", "1.f2", "1.f3", "1.f4", "1.f5"])
  }

  @Test func toolsThatDoNotFitAreSkipped() async throws {
    let fixture = try await BusFixture(budget: BudgetLimit(cost: Money(microdollars: 100)))
    let runs = Recorder<String>()
    let needs: JSONValue = ["type": "object", "required": ["other"]]
    try await add(
      fixture, "x", fallback: ["unfit", "dear", "asked", "gone", "y"], runs: runs,
      error: SandboxError(.toolFailed, "no"))
    try await add(fixture, "unfit", parameters: needs, runs: runs)
    try await add(fixture, "dear", cost: Money(microdollars: 1000), runs: runs)
    try await add(fixture, "asked", approval: .always, runs: runs)
    try await add(fixture, "gone", runs: runs)
    try await add(fixture, "y", runs: runs)
    await fixture.bus.quarantine("gone".asID(), reason: "its definition changed")
    let result = try await fixture.run("x", id: "1")
    #expect(runs.values == ["x", "y"])
    #expect(result.text.hasPrefix("[answered by y because x failed: no; asked failed: asked needs approval"))
    #expect(result.text.contains("gone failed: gone is not called any more: its definition changed]"))
    // What was asked of the bus is recorded; what never fitted was no call.
    #expect(fixture.bus.executionHistory().reversed().map(\.toolID.rawValue) == ["x", "asked", "gone", "y"])
    #expect(fixture.stop.reason == nil)
  }

  @Test(arguments: [
    SandboxError(.cancelled, "no"), SandboxError(.limitExceeded, "no"), SandboxError(.denied, "no"),
    SandboxError(.invalidArgument, "no"), SandboxError(.notFound, "no"), SandboxError(.outputLimit, "no"),
    SandboxError(.internalError, "no"), SandboxError(.io, "no"),
  ])
  func notForOtherErrors(_ error: SandboxError) async throws {
    let fixture = try await BusFixture()
    let runs = Recorder<String>()
    try await add(fixture, "x", fallback: ["y"], runs: runs, error: error)
    try await add(fixture, "y", runs: runs)
    #expect(try await fixture.run("x").error?.code == error.code)
    #expect(runs.values == ["x"])
  }

  @Test func notForArgumentsPolicyAndBudget() async throws {
    let fixture = try await BusFixture(budget: BudgetLimit(cost: Money(microdollars: 10)))
    let runs = Recorder<String>()
    let needs: JSONValue = ["type": "object", "required": ["other"]]
    try await add(fixture, "strict", fallback: ["y"], parameters: needs, runs: runs)
    try await add(fixture, "asked", fallback: ["y"], approval: .always, runs: runs)
    try await add(fixture, "dear", fallback: ["y"], cost: Money(microdollars: 100), runs: runs)
    try await add(fixture, "y", runs: runs)
    #expect(try await fixture.run("strict", id: "1").error?.code == .invalidArgument)
    #expect(try await fixture.run("asked", id: "2").error?.code == .denied)
    #expect(try await fixture.run("dear", id: "3").error?.code == .limitExceeded)
    #expect(runs.values.isEmpty)
  }

  @Test func forAnOpenCircuitAndAFullRate() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Recorder<String>()
    try await add(
      fixture, "x", effect: .unsafe, fallback: ["y"], breaker: .init(failures: 1, coolDown: .seconds(30)), runs: runs,
      error: Self.down)
    try await add(
      fixture, "slow", fallback: ["y"], rateLimit: .init(requestsPerMinute: 1, burst: 1, onExceeded: .refuse),
      runs: runs)
    try await add(fixture, "y", runs: runs)
    // It may have had its effect: nobody repeats that with another tool.
    #expect(try await fixture.run("x", id: "1").text == "no route")
    let second = try await fixture.run("x", "{\"n\":2}", id: "2")
    #expect(second.text.hasPrefix("[answered by y because x failed: x is switched off after 1 failures in a row"))
    #expect(try await fixture.run("slow", id: "3").text == "from slow {}")
    let fourth = try await fixture.run("slow", id: "4")
    #expect(
      fourth.text.hasPrefix("[answered by y because slow failed: Rate limit exceeded for slow; next call in 60 s]"))
    #expect(runs.values == ["x", "y", "slow", "y"])
    #expect(fixture.log.read { $0.executions["4".asID()]?.fallback?.toolID } == "y".asID())
  }

  @Test func forACallThatFailedTheSameWayFiveTimes() async throws {
    let fixture = try await BusFixture()
    let runs = Recorder<String>()
    try await add(fixture, "x", fallback: ["y"], runs: runs, error: SandboxError(.toolFailed, "no"))
    try await add(fixture, "y", runs: runs)
    for id in 1...6 { #expect(try await fixture.run("x", id: "\(id)").error == nil) }
    #expect(runs.values.filter { $0 == "x" }.count == 5)
  }

  /// What the model reads is the alternative's result, as the answer to its own call.
  @Test func theTranscriptGetsTheAnswer() async throws {
    let fixture = try await BusFixture()
    let call = try await fixture.transcriptCall("x")
    try await add(fixture, "x", fallback: ["y", "z"], error: Self.down)
    try await add(fixture, "y", error: Self.down)
    try await add(fixture, "z")
    let result = try await fixture.bus.execute(call)
    let turn = try #require(fixture.log.read { $0.tasks[.root]?.transcript?.turns.last })
    #expect(turn.results.mapValues(\.text) == [call.id: result.text])
    #expect(turn.results[call.id]?.isError == false)
    #expect(SessionState.fold(await fixture.journal.records) == fixture.log.current)
  }

  /// Killed after every event of a chain: the resumed session gives the same answer, and repeats nothing unsafe.
  @Test func resumesAnywhereInTheChain() async throws {
    let first = try await BusFixture()
    let call = try await first.transcriptCall("x")
    let added: @Sendable (BusFixture, Recorder<String>) async throws -> Void = { fixture, runs in
      try await add(fixture, "x", fallback: ["y", "z"], runs: runs, error: Self.down)
      try await add(
        fixture, "y", effect: .unsafe, runs: runs,
        error: SandboxError(.unavailable, "off", cause: ToolFailure(isBeforeEffect: true)))
      try await add(fixture, "z", runs: runs)
    }
    try await added(first, Recorder())
    let answer = try await first.bus.execute(call)
    let records = await first.journal.records
    let begin = try #require(records.firstIndex { $0.event.type == "tool_call_started" })
    // By how much of the chain is in the journal; nil: what the tool did is unknown.
    let all = ["x", "y", "z"]
    let left: [[String]?] = [all, all, ["y", "z"], ["y", "z"], nil, ["z"], ["z"], ["z"], []]
    #expect(
      records.dropFirst(begin).map(\.event.type) == [
        "tool_call_started", "tool_call_completed", "tool_fallback", "tool_call_started", "tool_call_completed",
        "tool_fallback", "tool_call_started", "tool_call_completed",
      ])
    for (done, expected) in left.enumerated() {
      let resumed = try await BusFixture(resuming: .fold(records.prefix(begin + done)))
      let runs = Recorder<String>()
      try await added(resumed, runs)
      let result = try await resumed.bus.execute(call)
      if let expected {
        #expect(result == answer)
        #expect(runs.values == expected)
      } else {
        #expect(
          result.text.hasPrefix("x failed: no route; y, called instead: The outcome of this call of y is unknown"))
        #expect(runs.values.isEmpty)
      }
      #expect(resumed.log.read { $0.tasks[.root]?.transcript?.openCalls.isEmpty } == true)
    }
  }

  @Test func stopsWithTheSession() async throws {
    let fixture = try await BusFixture()
    let runs = Recorder<String>()
    let stop = fixture.stop
    try await fixture.add("x", effect: .pure, fallback: ["y"]) { _ throws(SandboxError) in
      stop.requestStop(StopReason(.terminate, "SIGTERM"))
      throw Self.down
    }
    try await add(fixture, "y", runs: runs)
    #expect(try await fixture.run("x").text == "no route")
    #expect(runs.values.isEmpty)
  }

  /// Any chain of tools and failures: once an unsafe tool may have had its effect, nothing else is called.
  @Test(arguments: 0..<200 as Range<UInt64>) func neverAfterAPossibleEffect(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let time = TimeSource(
      monotonic: { .zero }, wallMilliseconds: { 0 },
      sleep: { if $0 >= .seconds(30) { try await Task.sleep(for: .seconds(600)) } else { await Task.yield() } })
    let fixture = try await BusFixture(time: time)
    let runs = Recorder<(tool: Int, mayHaveHadEffect: Bool)>()
    let codes: [SandboxError.Code] = [.unavailable, .timeout, .invalidResponse, .rateLimited, .toolFailed]
    for index in 0..<6 {
      let effect = ToolEffect.allCases.randomElement(using: &random) ?? .unsafe
      let isBefore = Bool.random(using: &random)
      let fails = Int.random(in: 0..<4, using: &random) > 0
      let error = SandboxError(
        codes.randomElement(using: &random) ?? .timeout, "no", cause: ToolFailure(isBeforeEffect: isBefore),
        retry: Bool.random(using: &random) ? .backoff : .never)
      let fallback = (0..<6).filter { _ in Bool.random(using: &random) }.map { "t\($0)" }
      try await fixture.add("t\(index)", effect: effect, fallback: fallback) { _ throws(SandboxError) in
        runs.append((index, !effect.mayRepeat && !error.isBeforeEffect))
        if fails { throw error }
        return ToolOutput(text: "ok")
      }
    }
    try await fixture.run("t0")
    let tools = runs.values
    for (index, run) in tools.enumerated() where run.mayHaveHadEffect { #expect(index == tools.count - 1) }
    #expect(fixture.log.read { $0.budget.reservations.isEmpty })
    #expect(fixture.bus.executionHistory().count <= 6)
  }
}
