import SandboxTestKit
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusBudgetTests {
  private func limit(_ microdollars: Int64) -> BudgetLimit { BudgetLimit(cost: Money(microdollars: microdollars)) }

  /// Sixteen calls at once, some of which fail and are tried again, and money for some of them.
  @Test(arguments: 0..<200 as Range<UInt64>) func neverOverTheLimit(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let fee: Int64 = .random(in: 1...1000, using: &random)
    let affordable = Int64.random(in: 1...20, using: &random)
    let cost = limit(fee * affordable + .random(in: 0..<fee, using: &random))
    let overspent = Counter()
    let dues = (0..<16).map { _ in
      (failures: Int.random(in: 0...3, using: &random), yields: Int.random(in: 0...50, using: &random))
    }
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = .random(in: 1...16, using: &random)
    // Time does not pass: waits between attempts are over at once.
    let time = TimeSource(
      monotonic: { .zero }, wallMilliseconds: { 0 },
      sleep: { if $0 >= .seconds(30) { try await Task.sleep(for: .seconds(600)) } else { await Task.yield() } })
    let fixture = try await BusFixture(
      limits: limits, budget: cost, time: time,
      observers: [
        { _, state in
          let session = state.budget.session
          if let limit = cost.cost, session.spent.cost + session.reserved.cost > limit { overspent.add() }
        }
      ])
    let attempts = Counter()
    try await fixture.add("t", effect: .pure, cost: Money(microdollars: fee)) { invocation throws(SandboxError) in
      attempts.add()
      let due = dues[Int(invocation.callID.rawValue) ?? 0]
      for _ in 0..<due.yields { await Task.yield() }
      if invocation.attempt <= due.failures { throw SandboxError(.unavailable, "down", retry: .backoff) }
      return ToolOutput(text: "ok")
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<16 { group.addTask { try await fixture.run("t", "{\"n\":\(index)}", id: "\(index)") } }
      try await group.waitForAll()
    }
    #expect(overspent.value == 0)
    let spent = fixture.log.read { $0.budget.session }
    #expect(spent.reserved == .zero)
    #expect(spent.spent.cost == Money(microdollars: fee * Int64(attempts.value)))
    #expect(Int64(attempts.value) <= affordable)
    #expect(fixture.bus.totalCost == spent.spent.cost)
    let history = fixture.bus.executionHistory()
    #expect(history.count == 16)
    let refused = history.filter { $0.attempts == 0 }
    // Nothing was refused while there was money, and the session was stopped when there was none.
    #expect(refused.isEmpty == (fixture.stop.reason == nil))
    if !refused.isEmpty { #expect(Int64(attempts.value) == affordable) }
  }

  @Test func refusesAndStopsTheSession() async throws {
    let fixture = try await BusFixture(budget: limit(250))
    try await fixture.add("t", cost: Money(microdollars: 100))
    for index in 1...2 { #expect(try await fixture.run("t", id: "\(index)").error == nil) }
    #expect(fixture.stop.reason == nil)
    let third = try await fixture.run("t", id: "3")
    #expect(third.error?.code == .limitExceeded)
    #expect(third.text.contains("$0.000100"))
    #expect(fixture.stop.reason?.kind == .cost)
    #expect(await fixture.types().last == "tool_call_refused")
    #expect(fixture.bus.totalCost == Money(microdollars: 200))
  }

  @Test func aTasksBudgetDoesNotStopTheSession() async throws {
    let fixture = try await BusFixture(budget: limit(1000))
    try await fixture.log.append([
      .taskCreated(TaskCreated(taskID: .root, parent: nil, agentID: .meta, prompt: "")),
      .taskCreated(
        TaskCreated(taskID: "root.1".asID(), parent: .root, agentID: "a".asID(), prompt: "", limit: limit(50))),
    ])
    try await fixture.add("t", cost: Money(microdollars: 100))
    let result = try await fixture.bus.execute(fixture.call("t", task: "root.1".asID()))
    #expect(result.error?.code == .limitExceeded)
    #expect(result.text.contains("of task root.1 reached"))
    #expect(fixture.stop.reason == nil)
    #expect(try await fixture.run("t", id: "2").error == nil)
  }

  @Test func waitsForMoneyThatMayComeBack() async throws {
    let fixture = try await BusFixture(budget: limit(300))
    let isOpen = Counter()
    try await fixture.add("t", effect: .pure, cost: Money(microdollars: 100)) { _ in
      await eventually { isOpen.value > 0 }
      return ToolOutput(text: "")
    }
    // The first reserves three attempts, all the money there is.
    async let first = fixture.run("t", "{\"n\":1}", id: "1")
    await eventually { fixture.log.read { $0.executions.count } == 1 }
    async let second = fixture.run("t", "{\"n\":2}", id: "2")
    await eventually { fixture.bus.permits.inUse == 2 }
    #expect(fixture.log.read { $0.executions.count } == 1)
    isOpen.add()
    #expect(try await first.error == nil)
    #expect(try await second.error == nil)
    #expect(fixture.stop.reason == nil)
    #expect(fixture.bus.totalCost == Money(microdollars: 200))
    // With 200 left, only two attempts could be paid for.
    #expect(fixture.log.read { $0.executions["2".asID()]?.maxRetries } == 1)
  }

  @Test func cancelledWhileItWaitsForMoney() async throws {
    let fixture = try await BusFixture(budget: limit(100))
    let isOpen = Counter()
    try await fixture.add("t", cost: Money(microdollars: 100)) { _ in
      await eventually { isOpen.value > 0 }
      return ToolOutput(text: "")
    }
    async let first = fixture.run("t", id: "1")
    await eventually { fixture.log.read { $0.executions.count } == 1 }
    let second = Task { try await fixture.run("t", id: "2") }
    await eventually { fixture.bus.permits.inUse == 2 }
    second.cancel()
    await #expect(throws: SandboxError.self) { try await second.value }
    isOpen.add()
    #expect(try await first.error == nil)
    #expect(fixture.bus.executionHistory().count == 1)
  }
}
