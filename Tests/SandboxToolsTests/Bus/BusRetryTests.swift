import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusRetryTests {
  private static let outage = SandboxError(.unavailable, "down", retry: .backoff)
  private static let fee = Money(microdollars: 100)

  /// Fails with these errors, one an attempt, then succeeds.
  private func add(
    _ fixture: BusFixture, _ errors: [SandboxError], effect: ToolEffect = .pure, runs: Counter = Counter(),
    rateLimit: ToolDefinition.RateLimit? = nil
  ) async throws {
    try await fixture.add("t", effect: effect, rateLimit: rateLimit, cost: Self.fee) {
      invocation throws(SandboxError) in
      runs.add()
      if invocation.attempt <= errors.count { throw errors[invocation.attempt - 1] }
      return ToolOutput(text: "ok after \(invocation.attempt)")
    }
  }

  /// Runs the tool and lets time pass whenever the bus waits for an attempt; gives the waits.
  private func waits(
    _ time: ManualTime, _ fixture: BusFixture, _ runs: Counter
  ) async throws -> (ToolCallResult, [Duration]) {
    let isDone = Counter()
    return try await withThrowingTaskGroup(of: ToolCallResult?.self) { group in
      group.addTask {
        defer { isDone.add() }
        return try await fixture.run("t")
      }
      var waits: [Duration] = []
      while isDone.value == 0 {
        // An attempt's own timeout is 60 s; whatever is shorter is a wait for the next one.
        if let wait = time.sleeping.first, wait < .seconds(60) {
          waits.append(wait)
          time.advance(by: wait)
        }
        await Task.yield()
      }
      let result = try await group.next() ?? nil
      return (try #require(result), waits)
    }
  }

  @Test(arguments: [0.0, 1, -1]) func threeAttemptsWithGrowingDelays(_ jitter: Double) async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source, jitter: { _, _ in jitter })
    let runs = Counter()
    try await add(fixture, [Self.outage, Self.outage, Self.outage], runs: runs)
    let (result, waits) = try await waits(time, fixture, runs)
    #expect(runs.value == 3)
    #expect(result.error == ErrorRecord(code: .unavailable, message: "down"))
    #expect(waits == [.milliseconds(Int(1000 + 250 * jitter)), .milliseconds(Int(2000 + 500 * jitter))])
    #expect(
      await fixture.types() == [
        "tool_call_started", "tool_call_retried", "tool_call_retried", "tool_call_completed",
      ])
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.attempts == 3)
    #expect(execution.cost == Money(microdollars: 300))
    #expect(fixture.bus.totalCost == Money(microdollars: 300))
  }

  @Test func succeedsAtTheSecondAttempt() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let log = fixture.log
    let recorded = Recorder<Int>()
    try await fixture.add("t", effect: .idempotent, cost: Self.fee) { invocation throws(SandboxError) in
      recorded.append(log.read { $0.executions[invocation.callID]?.attempts ?? 0 })
      if invocation.attempt == 1 { throw Self.outage }
      return ToolOutput(text: "ok")
    }
    let (result, _) = try await waits(time, fixture, Counter())
    #expect(result.error == nil)
    // The retry is durable before the attempt starts.
    #expect(recorded.values == [1, 2])
    #expect(fixture.bus.totalCost == Money(microdollars: 200))
    #expect(fixture.log.read { $0.budget.session.reserved } == .zero)
  }

  @Test func waitsAsLongAsTheOtherSideAsks() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Counter()
    try await add(
      fixture, [SandboxError(.unavailable, "busy", retry: .after(.seconds(7))), Self.outage], runs: runs)
    let (result, waits) = try await waits(time, fixture, runs)
    #expect(result.error == nil)
    #expect(waits == [.seconds(7), .seconds(2)])
  }

  @Test(arguments: [
    (SandboxError(.toolFailed, "no"), ToolEffect.pure, 1), (outage, .unsafe, 1), (outage, .queryable, 1),
    (outage, .compensable, 1), (outage, .keyed, 2),
    (SandboxError(.unavailable, "not started", cause: ToolFailure(isBeforeEffect: true), retry: .backoff), .unsafe, 2),
    (SandboxError(.unavailable, "started", cause: ToolFailure(isBeforeEffect: false), retry: .backoff), .unsafe, 1),
    (SandboxError(.unavailable, "refused", cause: HTTPFailure(reached: false), retry: .backoff), .unsafe, 2),
    (SandboxError(.unavailable, "reset", cause: HTTPFailure(reached: true), retry: .backoff), .unsafe, 1),
    (SandboxError(.rateLimited, "slow down", retry: .after(.seconds(1))), .unsafe, 2),
    (SandboxError(.unavailable, "much later", retry: .after(.seconds(1_000_000_000))), .pure, 1),
    (SandboxError(.unavailable, "in the past", retry: .after(.seconds(-5))), .pure, 2),
  ])
  func repeatsOnlyWhatMayBeRepeated(_ error: SandboxError, _ effect: ToolEffect, _ attempts: Int) async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Counter()
    try await add(fixture, [error], effect: effect, runs: runs)
    let (result, _) = try await waits(time, fixture, runs)
    #expect(runs.value == attempts)
    #expect((result.error == nil) == (attempts == 2))
    if attempts == 2 {
      // What certainly had no effect costs nothing.
      #expect(fixture.bus.totalCost == Money(microdollars: error.isBeforeEffect ? 100 : 200))
    }
  }

  @Test func doesNotWaitBeyondTheDeadline() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source, deadline: .milliseconds(2500))
    let runs = Counter()
    try await add(fixture, [Self.outage, Self.outage], runs: runs)
    let (result, waits) = try await waitsShort(time, fixture)
    #expect(result.error?.code == .unavailable)
    #expect(waits == [.seconds(1)])
    #expect(runs.value == 2)
  }

  /// As ``waits(_:_:_:)`` where an attempt's own timeout is as short as the waits: attempts here never wait.
  private func waitsShort(_ time: ManualTime, _ fixture: BusFixture) async throws -> (ToolCallResult, [Duration]) {
    async let result = fixture.run("t")
    await eventually { fixture.log.read { $0.executions.count } == 1 && time.sleeping == [.seconds(1)] }
    time.advance(by: .seconds(1))
    return (try await result, [.seconds(1)])
  }

  @Test func cancelledBetweenAttempts() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Counter()
    try await add(fixture, [Self.outage], runs: runs)
    let task = Task { try await fixture.run("t") }
    await eventually { time.sleeping == [.seconds(1)] }
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.status == .cancelled)
    #expect(execution.attempts == 1)
    #expect(execution.cost == Self.fee)
    #expect(runs.value == 1)
  }

  @Test func stopsRetryingWhenTheSessionStops() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Counter()
    try await add(fixture, [Self.outage], runs: runs)
    async let result = fixture.run("t")
    await eventually { time.sleeping == [.seconds(1)] }
    fixture.stop.requestStop(StopReason(.terminate, "SIGTERM"))
    time.advance(by: .seconds(1))
    #expect(try await result.error?.code == .unavailable)
    #expect(runs.value == 1)
  }

  @Test func eachAttemptIsChargedToTheRate() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let runs = Counter()
    // The second attempt comes after 1 s, and then waits 3 s more for its turn.
    try await add(fixture, [Self.outage], runs: runs, rateLimit: .init(requestsPerMinute: 15, burst: 1))
    let (result, waits) = try await waits(time, fixture, runs)
    #expect(result.error == nil)
    #expect(waits == [.seconds(1), .seconds(3)])
  }

  @Test func hashedJitterIsSpreadAndTheSameEachTime() {
    let values = (0..<1000).map { RetrySchedule.hashedJitter(CallID("root.\($0)/1.0"), 1) }
    #expect(values == (0..<1000).map { RetrySchedule.hashedJitter(CallID("root.\($0)/1.0"), 1) })
    #expect(values.allSatisfy { (-1...1).contains($0) })
    for quarter in 0..<4 {
      let range = (-1 + Double(quarter) * 0.5)..<(-0.5 + Double(quarter) * 0.5)
      #expect((150...350).contains(values.filter { range.contains($0) }.count))
    }
  }
}
