import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct BusCircuitTests {
  private static let down = SandboxError(.unavailable, "connection refused")

  /// A tool that works when `isUp`.
  private func add(
    _ fixture: BusFixture, _ id: String = "t", group: String? = nil, breaker: ToolDefinition.Breaker? = nil,
    isUp: Counter, runs: Counter = Counter(), error: SandboxError = down
  ) async throws {
    try await fixture.add(id, effect: .pure, group: group, breaker: breaker) { _ throws(SandboxError) in
      runs.add()
      if isUp.value == 0 { throw error }
      return ToolOutput(text: "ok")
    }
  }

  /// Each with arguments of its own, so that they are no repeated failures.
  private func fail(_ fixture: BusFixture, _ ids: Range<Int>, of tool: String = "t") async throws {
    for id in ids { #expect(try await fixture.run(tool, "{\"n\":\(id)}", id: "c\(id)").isError) }
  }

  @Test func opensProbesAndCloses() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let (isUp, runs) = (Counter(), Counter())
    try await add(fixture, isUp: isUp, runs: runs)
    try await fail(fixture, 0..<5)
    time.advance(by: .milliseconds(500))
    let refused = try await fixture.run("t", id: "r1")
    #expect(
      refused.error
        == ErrorRecord(
          code: .unavailable,
          message: "t is switched off after 5 failures in a row (last: connection refused); next try in 30 s"))
    #expect(runs.value == 5)
    #expect(
      await fixture.announcements("circuit_open") == [
        [
          "toolId": "t", "group": "t", "callId": "c4", "failures": 5, "error": "connection refused",
          "retryAfterMilliseconds": 30000,
        ]
      ])
    // The opening is one commit with the call that caused it.
    #expect(await fixture.types().suffix(3) == ["circuit_open", "tool_call_completed", "tool_call_refused"])

    time.advance(by: .milliseconds(29_500))
    #expect(try await fixture.run("t", id: "p1").error?.message == "connection refused")
    #expect(runs.value == 6)
    #expect(try await fixture.run("t", id: "r2").text.contains("after 6 failures in a row"))
    #expect(try await fixture.run("t", id: "r3").text.hasSuffix("next try in 60 s"))
    time.advance(by: .seconds(60))
    isUp.add()
    #expect(try await fixture.run("t", id: "p2").text == "ok")
    #expect(try await fixture.run("t", id: "p3").text == "ok")
    let changes = await fixture.types().filter { $0.hasPrefix("circuit_") }
    #expect(
      changes == ["circuit_open", "circuit_half_open", "circuit_open", "circuit_half_open", "circuit_closed"])
  }

  @Test func onlyOneProbeRunsAndOnlyOnce() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let (runs, isOpen) = (Counter(), Counter())
    try await fixture.add("t", effect: .pure) { _ throws(SandboxError) in
      if runs.add() > 5 { await eventually { isOpen.value > 0 } }
      throw SandboxError(.unavailable, "down", retry: runs.value > 5 ? .backoff : .never)
    }
    try await fail(fixture, 0..<5)
    time.advance(by: .seconds(30))
    async let probe = fixture.run("t", id: "p")
    await eventually { runs.value == 6 }
    for id in 0..<20 {
      let result = try await fixture.run("t", "{\"n\":\(id)}", id: "q\(id)")
      #expect(result.text.hasSuffix("; a call is under way to find out if it works again"))
    }
    isOpen.add()
    // A probe is not tried again, although its error would allow it.
    #expect(try await probe.error?.message == "down")
    #expect(runs.value == 6)
    #expect(fixture.log.read { $0.executions["p".asID()]?.maxRetries } == 0)
  }

  @Test(arguments: [
    SandboxError(.toolFailed, "no"), SandboxError(.invalidArgument, "no"), SandboxError(.notFound, "no"),
    SandboxError(.denied, "no"), SandboxError(.rejected, "no"), SandboxError(.cancelled, "no"),
    SandboxError(.outputLimit, "no"),
  ])
  func otherFailuresDoNotCount(_ error: SandboxError) async throws {
    let fixture = try await BusFixture()
    let runs = Counter()
    try await add(fixture, isUp: Counter(), runs: runs, error: error)
    try await fail(fixture, 0..<12)
    #expect(runs.value == 12)
    #expect(await fixture.announcements("circuit_open").isEmpty)
  }

  @Test(arguments: [
    SandboxError(.timeout, "x"), SandboxError(.invalidResponse, "x"), SandboxError(.rateLimited, "x"),
    SandboxError(.unavailable, "x"),
  ])
  func failuresOfTheOtherSideCount(_ error: SandboxError) async throws {
    let fixture = try await BusFixture()
    let runs = Counter()
    try await add(
      fixture, breaker: .init(failures: 2, coolDown: .seconds(3600)), isUp: Counter(), runs: runs, error: error)
    try await fail(fixture, 0..<4)
    #expect(runs.value == 2)
    #expect(try await fixture.run("t", id: "x").text.hasSuffix("next try in 3600 s"))
  }

  @Test func toolsOfAGroupAreSwitchedOffTogether() async throws {
    let fixture = try await BusFixture()
    let runs = Counter()
    for id in ["a", "b"] { try await add(fixture, id, group: "server", isUp: Counter(), runs: runs) }
    try await add(fixture, "other", isUp: Counter(), runs: runs)
    try await fail(fixture, 0..<3, of: "a")
    try await fail(fixture, 3..<5, of: "b")
    #expect(try await fixture.run("a", id: "x").text.hasPrefix("a is switched off after 5 failures"))
    #expect(try await fixture.run("other", id: "y").text == "connection refused")
    #expect(runs.value == 6)
    #expect(await fixture.announcements("circuit_open").first?["group"] == "server")
  }

  @Test func theRuntimesOwnToolsAreNeverSwitchedOff() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t", traits: .unmetered) { _ throws(SandboxError) in throw Self.down }
    try await fail(fixture, 0..<8)
    #expect(try await fixture.run("t", id: "x").text == "connection refused")
  }

  @Test func survivesARestart() async throws {
    let time = ManualTime()
    let first = try await BusFixture(time: time.source)
    for id in ["a", "b"] { try await add(first, id, group: "g", isUp: Counter()) }
    try await fail(first, 0..<3, of: "a")
    time.advance(by: .seconds(1))
    try await fail(first, 3..<5, of: "b")
    time.advance(by: .seconds(30))
    // A probe that failed: 60 s from here.
    try await fail(first, 5..<6, of: "a")
    time.advance(by: .seconds(20))

    let resumed = try await BusFixture(time: time.source, resuming: first.log.current)
    let runs = Counter()
    for id in ["a", "b"] { try await add(resumed, id, group: "g", isUp: Counter(), runs: runs) }
    for id in ["a", "b"] {
      #expect(
        try await resumed.run(id, id: "r-\(id)").text
          == "\(id) is switched off after 6 failures in a row (last: connection refused); next try in 40 s")
    }
    #expect(runs.value == 0)
    time.advance(by: .seconds(40))
    try await fail(resumed, 10..<11, of: "a")
    #expect(runs.value == 1)
    #expect(try await resumed.run("b", id: "r3").text.hasSuffix("next try in 120 s"))
  }

  /// A journal of another machine, or a clock that was set back: never longer than the cool-down.
  @Test func aClockThatJumpsBackDoesNotSwitchOffForEver() async throws {
    let time = ManualTime()
    time.advance(by: .seconds(1_000_000))
    let first = try await BusFixture(time: time.source)
    try await add(first, isUp: Counter())
    try await fail(first, 0..<5)
    let resumed = try await BusFixture(time: ManualTime().source, resuming: first.log.current)
    try await add(resumed, isUp: Counter())
    #expect(try await resumed.run("t", id: "r").text.hasSuffix("next try in 30 s"))
  }

  @Test func aCancelledProbeLeavesItsPlace() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Counter()
    try await fixture.add("t", effect: .pure) { _ throws(SandboxError) in
      if runs.add() == 6 { while !Task.isCancelled { await Task.yield() } }
      if runs.value == 7 { return ToolOutput(text: "ok") }
      throw Self.down
    }
    try await fail(fixture, 0..<5)
    time.advance(by: .seconds(30))
    let probe = Task { try await fixture.run("t", id: "p") }
    await eventually { runs.value == 6 }
    probe.cancel()
    await #expect(throws: SandboxError.self) { try await probe.value }
    #expect(try await fixture.run("t", id: "q").text == "ok")
  }

  @Test func callsThatWaitedForAPermitAreRefusedAsWell() async throws {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 1
    let fixture = try await BusFixture(limits: limits)
    let (runs, isOpen) = (Counter(), Counter())
    try await fixture.add("t", breaker: .init(failures: 1, coolDown: .seconds(30))) { _ throws(SandboxError) in
      runs.add()
      await eventually { isOpen.value > 0 }
      throw Self.down
    }
    async let first = fixture.run("t", "{\"n\":1}", id: "1")
    await eventually { runs.value == 1 }
    async let second = fixture.run("t", "{\"n\":2}", id: "2")
    await eventually { fixture.bus.permits.waiting == 1 }
    isOpen.add()
    #expect(try await first.text == "connection refused")
    #expect(try await second.text.contains("is switched off after 1 failures"))
    #expect(runs.value == 1)
  }

  /// Through the whole bus, with real tasks: at no time two calls to a tool whose circuit is not closed.
  @Test(arguments: 0..<40 as Range<UInt64>) func neverTwoProbesThroughTheBus(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let time = ManualTime()
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 8
    let fixture = try await BusFixture(limits: limits, time: time.source)
    let (running, isHalfOpen) = (Counter(), Counter())
    let plan = (0..<120).map { _ in (Bool.random(using: &random), Int.random(in: 0...20, using: &random)) }
    let bus = fixture.bus
    try await fixture.add("t", effect: .pure, breaker: .init(failures: 2, coolDown: .seconds(1))) {
      invocation throws(SandboxError) in
      let (fails, yields) = plan[Int(invocation.callID.rawValue) ?? 0]
      if await bus.tool("t")?.group.isProbe(invocation.callID) == true {
        if running.add() > 1 { isHalfOpen.add() }
        for _ in 0..<yields { await Task.yield() }
        running.add(-1)
      }
      if fails { throw Self.down }
      return ToolOutput(text: "ok")
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<120 {
        group.addTask { try await fixture.run("t", "{\"n\":\(index)}", id: "\(index)") }
        if index % 4 == 0 { time.advance(by: .milliseconds(600)) }
      }
      try await group.waitForAll()
    }
    #expect(isHalfOpen.value == 0)
    #expect(running.peak <= 1)
    #expect(fixture.bus.executionHistory(limit: 200).count == 120)
  }
}
