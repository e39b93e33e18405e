import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct BusPaceTests {
  private func fixture(_ time: ManualTime, permits: Int = 4, deadline: Duration = .seconds(1800)) async throws
    -> BusFixture
  {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = permits
    return try await BusFixture(limits: limits, time: time.source, deadline: deadline)
  }

  @Test func aServerThatAsksForItIsLeftAlone() async throws {
    let time = ManualTime()
    let fixture = try await fixture(time)
    let runs = Counter()
    for id in ["a", "b"] {
      try await fixture.add(id, traits: .callsAPI, group: "server") { invocation throws(SandboxError) in
        if runs.add() == 1 { throw SandboxError(.rateLimited, "slow down", retry: .after(.seconds(20))) }
        return ToolOutput(text: invocation.callID.rawValue)
      }
    }
    try await fixture.add("other", traits: .callsAPI)
    async let first = fixture.run("a", id: "1")
    await eventually { time.sleeping == [.seconds(20)] }
    // Another tool of the same server waits as well, and keeps no permit meanwhile.
    async let second = fixture.run("b", id: "2")
    await eventually { time.sleeping == [.seconds(20), .seconds(20)] }
    #expect(fixture.bus.permits.inUse == 1)
    #expect(try await fixture.run("other", id: "3").error == nil)
    time.advance(by: .seconds(20))
    #expect(try await first.text == "1")
    #expect(try await second.text == "2")
    #expect(runs.value == 3)
  }

  @Test func narrowsAndWidens() async throws {
    let time = ManualTime()
    let fixture = try await fixture(time)
    let (running, isOpen, isLimited) = (Counter(), Counter(), Counter())
    try await fixture.add("t", traits: .callsAPI) { _ throws(SandboxError) in
      running.add()
      await eventually { isOpen.value > 0 }
      running.add(-1)
      if isLimited.value > 0 { throw SandboxError(.rateLimited, "429") }
      return ToolOutput(text: "")
    }
    let gate = try #require(await fixture.bus.tool("t")).group.gate
    isOpen.add()
    isLimited.add()
    _ = try await fixture.run("t", "{\"n\":1}", id: "l1")
    isLimited.add(-1)
    isOpen.add(-1)
    #expect(gate.width == 2)
    let calls = (0..<8).map { index in Task { try await fixture.run("t", "{\"i\":\(index)}", id: "c\(index)") } }
    await eventually { running.value == 2 && gate.places.waiting == 6 }
    // Those that wait for the server keep no permits.
    #expect(fixture.bus.permits.inUse == 2)
    isOpen.add()
    for call in calls { #expect(try await call.value.error == nil) }
    #expect((2...4).contains(running.peak))
    #expect(gate.width == 4)
  }

  @Test func aPauseBeyondTheDeadlineIsARefusal() async throws {
    let time = ManualTime()
    let fixture = try await fixture(time, deadline: .seconds(30))
    try await fixture.add("t", traits: .callsAPI) { _ throws(SandboxError) in
      throw SandboxError(.rateLimited, "busy", retry: .after(.seconds(45)))
    }
    #expect(try await fixture.run("t", "{\"n\":1}", id: "1").text == "busy")
    let second = try await fixture.run("t", "{\"n\":2}", id: "2")
    #expect(second.error?.code == .rateLimited)
    #expect(second.text == "the other side of t takes no calls for another 45 s, longer than the session has")
    #expect(time.sleeping.isEmpty)
  }

  @Test func cancelledInAPause() async throws {
    let time = ManualTime()
    let fixture = try await fixture(time, permits: 1)
    try await fixture.add("t", traits: .callsAPI) { _ throws(SandboxError) in
      throw SandboxError(.rateLimited, "busy", retry: .after(.seconds(100)))
    }
    #expect(try await fixture.run("t", "{\"n\":1}", id: "1").text == "busy")
    let task = Task { try await fixture.run("t", "{\"n\":2}", id: "2") }
    await eventually { time.sleeping == [.seconds(60)] }
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    let gate = try #require(await fixture.bus.tool("t")).group.gate
    #expect(gate.places.inUse == 0)
    #expect(fixture.bus.permits.inUse == 0)
    #expect(fixture.bus.executionHistory().count == 1)
  }

  // MARK: - The tool's own rate

  @Test func refusesAtOnceOrWaitsAsLongAsItTakes() async throws {
    let time = ManualTime()
    let fixture = try await fixture(time, deadline: .seconds(100))
    try await fixture.add("refuse", rateLimit: .init(requestsPerMinute: 60, burst: 1, onExceeded: .refuse))
    try await fixture.add("wait", rateLimit: .init(requestsPerMinute: 1, burst: 1, onExceeded: .wait))
    for tool in ["refuse", "wait"] { #expect(try await fixture.run(tool, id: "\(tool)1").error == nil) }
    let refused = try await fixture.run("refuse", id: "r2")
    #expect(refused.text == "Rate limit exceeded for refuse; next call in 1 s")
    async let waiting = fixture.run("wait", id: "w2")
    await eventually { time.sleeping == [.seconds(60)] }
    // The third would be due after 120 s, when the session is over.
    #expect(try await fixture.run("wait", id: "w3").text == "Rate limit exceeded for wait; next call in 120 s")
    time.advance(by: .seconds(60))
    #expect(try await waiting.error == nil)
  }

  /// All that limits how many run at once, together.
  @Test(arguments: 0..<30 as Range<UInt64>) func neverMoreThanAllows(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let time = TimeSource(
      monotonic: { .zero }, wallMilliseconds: { 0 },
      sleep: { if $0 >= .seconds(30) { try await Task.sleep(for: .seconds(600)) } else { await Task.yield() } })
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = .random(in: 1...5, using: &random)
    let fixture = try await BusFixture(limits: limits, time: time)
    let running = Counter()
    let plan = (0..<60).map { _ in (Int.random(in: 0...10, using: &random), Int.random(in: 0..<4, using: &random)) }
    for (id, traits) in [("a", ToolDefinition.Traits.callsAPI), ("b", .callsAPI), ("c", [])] {
      try await fixture.add(
        id, effect: .pure, traits: traits, group: "g", breaker: .init(failures: 1000, coolDown: .zero),
        hedge: id == "c" ? .milliseconds(1) : nil
      ) { invocation throws(SandboxError) in
        running.add()
        let (yields, fate) = plan[(Int(invocation.arguments["n"]?.intValue ?? 0))]
        for _ in 0..<yields { await Task.yield() }
        running.add(-1)
        if fate == 0, invocation.attempt < 3 { throw SandboxError(.rateLimited, "429", retry: .backoff) }
        return ToolOutput(text: "ok")
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<60 {
        let tool = ["a", "b", "c"][index % 3]
        group.addTask { try await fixture.run(tool, "{\"n\":\(index)}", id: "\(index)") }
      }
      try await group.waitForAll()
    }
    #expect(running.peak <= limits.maxConcurrentTools)
    #expect(running.value == 0)
    #expect(fixture.bus.permits.inUse == 0)
    #expect(fixture.bus.executionHistory(limit: 100).allSatisfy { $0.status == .completed })
  }
}
