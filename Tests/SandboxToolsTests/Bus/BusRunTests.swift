import SandboxCore
import Synchronization
import Testing

@testable import SandboxTools

@Suite struct BusRunTests {
  /// Ends when it is cancelled, and only then.
  @Sendable private static func forever(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(600)) }
    throw SandboxError(.cancelled, "stopped")
  }

  @Test func intentThenAnnouncementsThenCompletion() async throws {
    let fixture = try await BusFixture()
    let log = fixture.log
    try await fixture.add("t", parameters: ["type": "object", "properties": ["q": ["type": "string"]]]) { invocation in
      // The intent is durable before the tool runs.
      #expect(log.read { $0.executions[invocation.callID]?.status } == .executing)
      #expect(invocation.attempt == 1)
      return ToolOutput(
        text: "found \(invocation.arguments["q"]?.stringValue ?? "")",
        announcements: [Announcement("terminal", ["exitCode": 0]), Announcement("file_change", ["path": "a"])])
    }
    let result = try await fixture.run("t", "{\"q\":\"it\"}")
    #expect(result == ToolCallResult(callID: "root/1.0".asID(), text: "found it"))
    #expect(await fixture.types() == ["tool_call_started", "terminal", "file_change", "tool_call_completed"])
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.status == .completed)
    #expect(execution.output == "found it")
    #expect(execution.outputBytes == 8)
    #expect(await fixture.journal.records.allSatisfy { $0.event.type == "session_created" || $0.actor == "meta" })
  }

  @Test func returnsOnlyWhatIsDurable() async throws {
    let journal = HeldJournal()
    let log = SessionLog(journal: journal, time: .system)
    let bus = ToolBus(
      log: log, limits: ExecutionLimits(), deadline: Deadline(after: .seconds(60), time: .system),
      callGate: CallRateGate(callsPerMinute: nil, time: .system), time: .system, stop: StopControl())
    try await bus.register(
      ToolDefinition(id: "t".asID(), description: "", category: "research", parameters: ["type": "object"]),
      executor: ClosureExecutor { _ in
        journal.isHeld.add()
        return ToolOutput(text: "done", announcements: [Announcement("terminal")])
      })
    let returned = Counter()
    let task = Task {
      let result = try await bus.execute(
        ToolCall(id: "c".asID(), taskID: .root, agentID: .meta, tool: "t", arguments: ""))
      returned.add()
      return result
    }
    await eventually { journal.waiting.value == 1 }
    #expect(returned.value == 0)
    #expect(log.read { $0.executions["c".asID()]?.status } == .executing)
    journal.isHeld.add(-1)
    #expect(try await task.value.text == "done")
    // Output, announcements and completion are one commit.
    #expect(journal.batches.values.last == ["terminal", "tool_call_completed"])
  }

  // MARK: - Timeouts

  @Test func timesOut() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    try await fixture.add("t", timeout: .milliseconds(1500), Self.forever)
    async let result = fixture.run("t")
    await eventually { time.sleeping == [.milliseconds(1500)] }
    time.advance(by: .milliseconds(1500))
    #expect(try await result.error == ErrorRecord(code: .timeout, message: "Execution timeout after 1500ms"))
    #expect(fixture.bus.executionHistory().first?.status == .failed)
    #expect(fixture.bus.executionHistory().first?.durationMilliseconds == 1500)
    #expect(time.sleeping.isEmpty)
  }

  /// Manifest, duration limit, time left; what is the shortest counts.
  @Test(
    arguments: [
      (nil, 1_800_000, 1_800_000, 60_000), (5_000, 1_800_000, 1_800_000, 5_000),
      (120_000, 1_800_000, 1_800_000, 120_000),
      (nil, 90_000, 90_000, 30_000), (50_000, 90_000, 90_000, 30_000), (nil, 1_800_000, 7_000, 7_000),
    ] as [(Int?, Int64, Int, Int)])
  func hasTheShortestTime(_ manifest: Int?, _ duration: Int64, _ left: Int, _ expected: Int) async throws {
    let time = ManualTime()
    var limits = ExecutionLimits()
    limits.maxDurationMilliseconds = duration
    let fixture = try await BusFixture(limits: limits, time: time.source, deadline: .milliseconds(left))
    try await fixture.add("t", timeout: manifest.map { .milliseconds($0) }) { invocation in
      ToolOutput(text: "\(invocation.timeout.milliseconds)")
    }
    #expect(try await fixture.run("t").text == "\(expected)")
  }

  @Test func untimedToolsOnlyEndWithTheSession() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let isOpen = Counter()
    try await fixture.add("t", timeout: .seconds(1), traits: .untimed) { invocation in
      await eventually { isOpen.value > 0 }
      return ToolOutput(text: "\(invocation.timeout.milliseconds)")
    }
    async let result = fixture.run("t")
    await eventually { fixture.log.read { $0.executions.count } == 1 }
    #expect(time.sleeping.isEmpty)
    time.advance(by: .seconds(600))
    isOpen.add()
    #expect(try await result.error == nil)
  }

  @Test func successThatComesLateCounts() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    try await fixture.add("t") { _ in
      while !Task.isCancelled { await Task.yield() }
      return ToolOutput(text: "it has happened")
    }
    async let result = fixture.run("t")
    await eventually { time.sleeping.count == 1 }
    time.advance(by: .seconds(60))
    #expect(try await result == ToolCallResult(callID: "root/1.0".asID(), text: "it has happened"))
  }

  @Test func oneOutcomeWhenToolAndTimeoutEndTogether() async throws {
    let fixture = try await BusFixture()
    // On a busy machine each call is late, and five in a row would switch the tool off.
    let breaker = ToolDefinition.Breaker(failures: 1_000, coolDown: .seconds(1))
    try await fixture.add("t", timeout: .milliseconds(1), breaker: breaker) { _ throws(SandboxError) in
      do { try await Task.sleep(for: .milliseconds(1)) } catch { throw SandboxError(.cancelled, "stopped") }
      return ToolOutput(text: "ok")
    }
    let rounds = 500
    for round in 0..<rounds {
      let result = try await fixture.run("t", "{\"round\":\(round)}", id: "c\(round)")
      #expect(result.text == "ok" || result.text == "Execution timeout after 1ms")
    }
    let types = await fixture.types()
    #expect(types.count == 2 * rounds)
    #expect(types.filter { $0 == "tool_call_completed" }.count == rounds)
  }

  // MARK: - Cancellation

  @Test func cancelledWhileItRuns() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t", cost: Money(microdollars: 5), Self.forever)
    let task = Task { try await fixture.run("t") }
    await eventually { fixture.log.read { $0.executions.count } == 1 }
    task.cancel()
    do {
      _ = try await task.value
      Issue.record("returned")
    } catch {
      #expect((error as? SandboxError)?.code == .cancelled)
    }
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.status == .cancelled)
    #expect(execution.error?.code == .cancelled)
    #expect(execution.cost == Money(microdollars: 5))
    #expect(await fixture.types() == ["tool_call_started", "tool_call_completed"])
    #expect(await fixture.bus.callsInFlight().isEmpty)
    #expect(fixture.log.read { $0.budget.reservations.isEmpty })
  }

  @Test func cancelledBeforeAnything() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t")
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await fixture.run("t")
    }
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    #expect(await fixture.types().isEmpty)
  }

  @Test func successInSpiteOfCancellationIsKept() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t") { _ in
      while !Task.isCancelled { await Task.yield() }
      return ToolOutput(text: "it has happened")
    }
    let task = Task { try await fixture.run("t") }
    await eventually { fixture.log.read { $0.executions.count } == 1 }
    task.cancel()
    #expect(try await task.value.text == "it has happened")
    #expect(fixture.bus.executionHistory().first?.status == .completed)
  }

  /// An executor's own cancellation is a failure of the tool, not of the caller.
  @Test func cancellationThatIsNotOursIsAResult() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t") { _ throws(SandboxError) in throw SandboxError(.cancelled, "the server gave up") }
    #expect(try await fixture.run("t").error == ErrorRecord(code: .cancelled, message: "the server gave up"))
    #expect(fixture.bus.executionHistory().first?.status == .failed)
  }

  @Test func toolsOwnIOFailureIsAResult() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t") { _ throws(SandboxError) in throw SandboxError(.io, "its disk is full") }
    #expect(try await fixture.run("t").error?.code == .io)
  }
}

/// A journal that waits while it is held.
private final class HeldJournal: Journal {
  let isHeld = Counter()
  let waiting = Counter()
  let batches = Recorder<[String]>()

  func commit(_ records: [EventRecord]) async throws(SandboxError) {
    if isHeld.value > 0 {
      waiting.add()
      await eventually { isHeld.value == 0 }
    }
    batches.append(records.map(\.event.type))
  }
}
