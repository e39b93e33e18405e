import SandboxCore
import Synchronization
import Testing

@testable import SandboxTools

@Suite struct BusQueueTests {
  /// Ten thousand calls for three permits: each gets its turn, in the order in which they asked.
  @Test func tenThousandCalls() async throws {
    let calls = 10_000
    let fixture = try await BusFixture()
    let (running, isOpen) = (Counter(), Counter())
    let started = Mutex((flags: [Bool](repeating: false, count: calls), begin: 0, overtaken: 0))
    try await fixture.add("t") { invocation in
      running.add()
      let number = Int(invocation.callID.rawValue) ?? 0
      started.withLock { started in
        started.flags[number] = true
        while started.begin < calls, started.flags[started.begin] { started.begin += 1 }
        // Those before it that have a permit may not have begun yet; nobody else was overtaken.
        let late = started.begin < number ? started.flags[started.begin..<number].count { !$0 } : 0
        started.overtaken = max(started.overtaken, late)
      }
      while isOpen.value == 0 { await Task.yield() }
      running.add(-1)
      return ToolOutput(text: "")
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<calls {
        group.addTask { try await fixture.run("t", "{\"n\":\(index)}", id: "\(index)").error == nil }
        while fixture.bus.permits.waiting + fixture.bus.permits.inUse <= index { await Task.yield() }
      }
      #expect(fixture.bus.permits.waiting == calls - 3)
      isOpen.add()
      for try await isAnswered in group { #expect(isAnswered) }
    }
    #expect(running.peak == 3)
    #expect(started.withLock { $0.overtaken } <= 2)
    #expect(fixture.bus.permits.inUse == 0)
    #expect(fixture.bus.permits.waiting == 0)
    #expect(await fixture.bus.callsInFlight().isEmpty)
    #expect(fixture.log.read { $0.executionOrder.count } == calls)
  }
}
