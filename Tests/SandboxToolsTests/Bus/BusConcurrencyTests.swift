import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusConcurrencyTests {
  /// Ten times as many calls as permits.
  @Test(arguments: [1, 3]) func neverMoreThanTheLimitAndFirstComeFirstServed(_ permits: Int) async throws {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = permits
    let fixture = try await BusFixture(limits: limits)
    let running = Counter()
    let order = Recorder<Int>()
    let isOpen = Counter()
    try await fixture.add("t") { invocation in
      running.add()
      order.append(Int(invocation.callID.rawValue) ?? -1)
      await eventually { isOpen.value > 0 }
      running.add(-1)
      return ToolOutput(text: "")
    }
    let calls = permits * 10
    try await withThrowingTaskGroup(of: ToolCallResult.self) { group in
      for index in 0..<calls {
        group.addTask { try await fixture.run("t", id: "\(index)") }
        await eventually { order.values.count + fixture.bus.permits.waiting == index + 1 }
      }
      #expect(running.value == permits)
      #expect(await fixture.bus.callsInFlight().count == calls)
      isOpen.add()
      for try await result in group { #expect(result.error == nil) }
    }
    #expect(running.peak == permits)
    #expect(order.values.sorted() == Array(0..<calls))
    // With more than one permit, those that have theirs may still overtake each other.
    if permits == 1 { #expect(order.values == Array(0..<calls)) }
    #expect(await fixture.bus.callsInFlight().isEmpty)
    #expect(fixture.bus.permits.inUse == 0)
  }

  @Test func unmeteredToolsTakeNoPermit() async throws {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 1
    let fixture = try await BusFixture(limits: limits)
    let bus = fixture.bus
    try await fixture.add("inner")
    // A call inside a call: with permits for both, one permit would never do.
    try await fixture.add("outer", traits: [.unmetered, .untimed]) { invocation throws(SandboxError) in
      let inner = try await bus.execute(
        ToolCall(
          id: "inner".asID(), taskID: .root, agentID: .meta, tool: "inner", arguments: "",
          parentCallID: invocation.callID))
      return ToolOutput(text: "outer \(inner.text)")
    }
    #expect(try await fixture.run("outer").text == "outer ok")
    #expect(fixture.log.read { $0.executions["inner".asID()]?.parentCallID } == "root/1.0".asID())
  }

  @Test func cancelledWhileItWaitsForAPermit() async throws {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 1
    let fixture = try await BusFixture(limits: limits)
    let isOpen = Counter()
    let runs = Counter()
    try await fixture.add("t") { _ in
      runs.add()
      await eventually { isOpen.value > 0 }
      return ToolOutput(text: "")
    }
    let first = Task { try await fixture.run("t", id: "1") }
    await eventually { runs.value == 1 }
    let second = Task { try await fixture.run("t", id: "2") }
    await eventually { fixture.bus.permits.waiting == 1 }
    second.cancel()
    do {
      _ = try await second.value
      Issue.record("returned")
    } catch {
      #expect((error as? SandboxError)?.code == .cancelled)
    }
    isOpen.add()
    #expect(try await first.value.error == nil)
    #expect(runs.value == 1)
    // What never began is not recorded.
    #expect(fixture.bus.executionHistory().map(\.id.rawValue) == ["1"])
    #expect(fixture.bus.permits.inUse == 0)
  }

  @Test func oneIDIsOneCall() async throws {
    let fixture = try await BusFixture()
    let isOpen = Counter()
    try await fixture.add("t") { _ in
      await eventually { isOpen.value > 0 }
      return ToolOutput(text: "")
    }
    let first = Task { try await fixture.run("t", id: "1") }
    await eventually { await fixture.bus.callsInFlight().count == 1 }
    let twin = try await fixture.run("t", id: "1")
    #expect(twin.error?.code == .alreadyExists)
    isOpen.add()
    #expect(try await first.value.error == nil)
    #expect(await fixture.types() == ["tool_call_started", "tool_call_completed"])
  }

  /// What a call sends besides its first request counts for the session's calls per minute, too.
  @Test func furtherRequestsWaitForTheSessionsRate() async throws {
    var limits = ExecutionLimits()
    limits.maxCallsPerMinute = 1
    let fixture = try await BusFixture(limits: limits)
    try await fixture.add("x", timeout: .milliseconds(50), traits: .callsAPI) { invocation throws(SandboxError) in
      try await invocation.admitRequest()
      return ToolOutput(text: "a second request within the minute")
    }
    #expect(try await fixture.run("x").error?.code == .timeout)
  }
}
