import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusHedgeTests {
  private static let fee = Money(microdollars: 100)

  /// A first attempt that takes for ever, and a second one that does what it is told.
  private func fixture(
    _ time: ManualTime, effect: ToolEffect = .pure, permits: Int = 3, budget: BudgetLimit = .none,
    runs: Recorder<String>, second: @escaping @Sendable () async throws(SandboxError) -> ToolOutput
  ) async throws -> BusFixture {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = permits
    let fixture = try await BusFixture(limits: limits, budget: budget, time: time.source)
    try await fixture.add("t", effect: effect, cost: Self.fee, hedge: .seconds(2)) { invocation throws(SandboxError) in
      runs.append(invocation.callID.rawValue)
      if invocation.callID.rawValue.hasSuffix(".h") { return try await second() }
      while !Task.isCancelled { await Task.yield() }
      runs.append("stopped")
      throw SandboxError(.cancelled, "stopped")
    }
    return fixture
  }

  @Test func theFirstSuccessWinsAndBothArePaidFor() async throws {
    let time = ManualTime()
    let runs = Recorder<String>()
    let fixture = try await fixture(time, runs: runs) { ToolOutput(text: "second") }
    async let result = fixture.run("t", id: "c")
    await eventually { time.sleeping == [.seconds(2), .seconds(60)] }
    #expect(fixture.log.read { $0.budget.session.reserved.cost } == Money(microdollars: 600))
    time.advance(by: .seconds(2))
    #expect(try await result.text == "second")
    // The loser has ended when the call returns.
    #expect(runs.values == ["c", "c.h", "stopped"])
    #expect(fixture.bus.totalCost == Money(microdollars: 200))
    #expect(fixture.bus.permits.inUse == 0)
    #expect(time.sleeping.isEmpty)
    #expect(await fixture.types() == ["tool_call_started", "tool_call_completed"])
  }

  @Test func notWhenTheFirstIsQuickOrFailed() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Counter()
    try await fixture.add("ok", effect: .pure, cost: Self.fee, hedge: .seconds(2)) { _ in
      runs.add()
      return ToolOutput(text: "ok")
    }
    try await fixture.add("bad", effect: .pure, cost: Self.fee, hedge: .seconds(2)) { _ throws(SandboxError) in
      runs.add()
      throw SandboxError(.toolFailed, "no")
    }
    #expect(try await fixture.run("ok", id: "1").text == "ok")
    #expect(try await fixture.run("bad", id: "2").text == "no")
    #expect(runs.value == 2)
    #expect(fixture.bus.totalCost == Money(microdollars: 200))
  }

  @Test(arguments: ToolEffect.allCases.filter { $0 != .pure }) func onlyForPureTools(_ effect: ToolEffect) async throws
  {
    let time = ManualTime()
    let runs = Recorder<String>()
    let fixture = try await fixture(time, effect: effect, runs: runs) { ToolOutput(text: "second") }
    let task = Task { try await fixture.run("t", id: "c") }
    await eventually { time.sleeping == [.seconds(60)] }
    time.advance(by: .seconds(60))
    #expect(try await task.value.error?.code == .timeout)
    #expect(runs.values == ["c", "stopped"])
  }

  @Test func notWithoutAPermitOrMoney() async throws {
    for (permits, budget) in [(1, BudgetLimit.none), (3, BudgetLimit(cost: Self.fee))] {
      let time = ManualTime()
      let runs = Recorder<String>()
      let fixture = try await fixture(time, permits: permits, budget: budget, runs: runs) { ToolOutput(text: "second") }
      async let result = fixture.run("t", id: "c")
      await eventually { time.sleeping.last == .seconds(60) && runs.values == ["c"] }
      time.advance(by: .seconds(60))
      #expect(try await result.error?.code == .timeout)
      #expect(runs.values == ["c", "stopped"])
      #expect(fixture.bus.totalCost == Self.fee)
    }
  }

  /// The second one waits for the only permit, which the first one has: it must not wait for ever.
  @Test func aFirstThatFailsTakesTheWaitingSecondWithIt() async throws {
    let time = ManualTime()
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 1
    let fixture = try await BusFixture(limits: limits, time: time.source)
    let isOpen = Counter()
    try await fixture.add("t", effect: .pure, cost: Self.fee, hedge: .seconds(2)) { _ throws(SandboxError) in
      await eventually { isOpen.value > 0 }
      throw SandboxError(.toolFailed, "no")
    }
    async let result = fixture.run("t", id: "c")
    await eventually { time.sleeping.first == .seconds(2) }
    time.advance(by: .seconds(2))
    await eventually { fixture.bus.permits.waiting == 1 }
    isOpen.add()
    #expect(try await result.text == "no")
    #expect(fixture.bus.totalCost == Self.fee)
    #expect(fixture.bus.permits.inUse == 0)
  }

  @Test func bothFailAndTheFirstErrorCounts() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let (isOpen, ended) = (Counter(), Counter())
    try await fixture.add("t", effect: .pure, cost: Self.fee, hedge: .seconds(2)) { invocation throws(SandboxError) in
      if invocation.callID.rawValue == "c" { await eventually { isOpen.value > 0 } }
      ended.add()
      throw SandboxError(.toolFailed, invocation.callID.rawValue)
    }
    async let result = fixture.run("t", id: "c")
    await eventually { time.sleeping.first == .seconds(2) }
    time.advance(by: .seconds(2))
    await eventually { ended.value == 1 }
    isOpen.add()
    #expect(try await result.text == "c.h")
    #expect(fixture.bus.totalCost == Money(microdollars: 200))
  }

  @Test func cancellingEndsBoth() async throws {
    let time = ManualTime()
    let runs = Recorder<String>()
    let fixture = try await fixture(time, runs: runs) { () async throws(SandboxError) in
      while !Task.isCancelled { await Task.yield() }
      runs.append("second stopped")
      throw SandboxError(.cancelled, "stopped")
    }
    let task = Task { try await fixture.run("t", id: "c") }
    await eventually { time.sleeping.first == .seconds(2) }
    time.advance(by: .seconds(2))
    await eventually { runs.values.count == 2 }
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    #expect(runs.values.sorted() == ["c", "c.h", "second stopped", "stopped"])
    #expect(fixture.bus.totalCost == Money(microdollars: 200))
  }
}
