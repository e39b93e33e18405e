import SandboxAgents
import SandboxCore
import Synchronization
import SandboxTestKit
import Testing

@Suite struct MeteredModelTests {
  static let price = ModelPrice(input: 1_000, output: 10_000)
  static let facts = ModelFacts(price: price)

  static func step(_ task: TaskID = .root, number: Int = 1, text: String = "Do it.") -> ModelStep {
    ModelStep(taskID: task, agentID: .meta, number: number, messages: [.user(text)], tools: .none)
  }

  private func failure(_ status: Int?, _ retry: SandboxError.Retry, billed: Bool = false) -> SandboxError {
    SandboxError(
      .unavailable, "failed", cause: ModelFailure(status: status, mayBeBilled: billed), retry: retry)
  }

  private func starts(_ fixture: Fixture) async -> [ModelCallStarted] {
    await fixture.events().compactMap { if case .modelCallStarted(let event) = $0 { event } else { nil } }
  }

  private func failures(_ fixture: Fixture) async -> [ModelCallFailed] {
    await fixture.events().compactMap { if case .modelCallFailed(let event) = $0 { event } else { nil } }
  }

  // MARK: - One call

  @Test func callIsReservedAnnouncedAndSettled() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(cost: Money(microdollars: 1_000_000)))
    try await fixture.start(.root)
    let model = ClosureModel { request throws(SandboxError) in
      #expect(request.maxOutputTokens == 4_000)
      #expect(request.idempotencyKey == "s1/root/1")
      let reserved = fixture.log.read { $0.budget.session.reserved }
      #expect(
        reserved.tokens > 4_000
          && reserved.cost
            == Self.price.worstCase(
              promptTokens: reserved.tokens - 4_000, outputTokens: 4_000)
      )
      return ModelReply(text: "ok", usage: TokenUsage(input: 100, output: 10), requestID: "r")
    }
    let message = try await fixture.metered(model, facts: Self.facts).step(Self.step())
    #expect(message == AssistantMessage(text: "ok"))
    let account = fixture.log.read { $0.budget.session }
    #expect(account.reserved == .zero)
    #expect(account.spent == Amount(cost: Money(microdollars: 200), tokens: 110))
    let thinking = await fixture.events().compactMap { event -> Announcement? in
      if case .announced(let announcement) = event { announcement } else { nil }
    }
    #expect(thinking.map(\.type) == ["thinking"])
    #expect(thinking.first?.data["iteration"]?.intValue == 1)
    #expect(thinking.first?.data["toolsUsed"]?.intValue == 0)
    #expect(thinking.first?.data["agent"]?.stringValue == "meta")
    #expect(await fixture.isConsistent())
  }

  @Test func missingUsageIsChargedInFull() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    _ = try await fixture.metered(ClosureModel { _ in .say("ok", usage: nil) }, facts: Self.facts).step(Self.step())
    let reservation = try #require(await starts(fixture).first?.reservation)
    #expect(reservation.tokens > 4_000)
    #expect(fixture.log.read { $0.budget.session.spent } == reservation)
  }

  @Test func costThatTheProviderReportsCounts() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let model = ClosureModel { _ in
      ModelReply(text: "ok", usage: TokenUsage(input: 1, output: 1), reportedCost: Money(microdollars: 77))
    }
    _ = try await fixture.metered(model, facts: Self.facts).step(Self.step())
    #expect(fixture.log.read { $0.metrics.cost } == Money(microdollars: 77))
  }

  @Test func lyingUsageNeverLowersTheBill() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let model = ClosureModel { _ in .say("ok", usage: TokenUsage(input: -5, output: .min, cachedInput: -1)) }
    _ = try await fixture.metered(model, facts: Self.facts).step(Self.step())
    #expect(fixture.log.read { $0.budget.session.spent } == .zero)
  }

  @Test func billAboveTheReservationIsRecordedAndStops() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(cost: Money(microdollars: 100_000)))
    try await fixture.start(.root)
    let model = ClosureModel { _ in .say("ok", usage: TokenUsage(input: 1_000_000_000_000, output: .max)) }
    let metered = fixture.metered(model, facts: Self.facts)
    _ = try await metered.step(Self.step())
    #expect(fixture.stop.reason?.kind == .cost)
    #expect(fixture.log.read { $0.budget.session.spent.cost } > Money(microdollars: 100_000))
    await #expect(throws: SandboxError.self) { try await metered.step(Self.step(number: 2)) }
    #expect(model.requests.count == 1)
  }

  @Test func unpricedModelIsRefusedBeforeTheFirstCall() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(cost: Money(microdollars: 1_000_000)))
    try await fixture.start(.root)
    let model = ClosureModel { _ in .say("ok") }
    let error = await #expect(throws: SandboxError.self) {
      try await fixture.metered(model, facts: .unknown).step(Self.step())
    }
    #expect(error?.code == .invalidArgument)
    #expect(model.requests.isEmpty)
  }

  // MARK: - Retries

  @Test func eachAttemptHasItsOwnReservation() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let tries = Counter()
    let model = ClosureModel { [self] request throws(SandboxError) in
      switch tries.enter() {
      case 1: throw failure(503, .backoff)
      case 2: throw failure(nil, .backoff, billed: true)
      default: return .say("ok")
      }
    }
    _ = try await fixture.metered(model, facts: Self.facts).step(Self.step())
    #expect(await starts(fixture).map(\.callID.rawValue) == ["root/1", "root/1#2", "root/1#3"])
    #expect(await starts(fixture).map(\.attempt) == [1, 2, 3])
    #expect(model.requests.map(\.attempt) == [1, 2, 3])
    #expect(Set(model.requests.map(\.idempotencyKey)) == ["s1/root/1"])
    let failures = await failures(fixture)
    let reservation = try #require(await starts(fixture).first?.reservation)
    #expect(failures.map(\.charged) == [.zero, reservation])
    #expect(failures.map(\.willRetry) == [true, true])
    #expect(fixture.clock.sleeps == [.milliseconds(500), .seconds(1)])
    #expect(await fixture.isConsistent())
  }

  @Test(arguments: [
    (SandboxError.Retry.never, 1), (.backoff, 3), (.after(.seconds(1)), 5),
  ])
  func givesUp(retry: SandboxError.Retry, attempts: Int) async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let model = ClosureModel { [self] _ throws(SandboxError) in throw failure(503, retry) }
    let error = await #expect(throws: SandboxError.self) { try await fixture.metered(model).step(Self.step()) }
    #expect(error?.code == .unavailable)
    #expect(model.requests.count == attempts)
    #expect(await failures(fixture).map(\.willRetry) == Array(repeating: true, count: attempts - 1) + [false])
  }

  @Test func waitsAreNeverPastTheDeadline() async throws {
    let fixture = try await Fixture(duration: .seconds(20))
    try await fixture.start(.root)
    let model = ClosureModel { [self] _ throws(SandboxError) in throw failure(429, .after(.seconds(60))) }
    let error = await #expect(throws: SandboxError.self) { try await fixture.metered(model).step(Self.step()) }
    #expect(error?.code == .unavailable && error?.message.contains("deadline") == true)
    #expect(fixture.clock.sleeps.isEmpty)
    // Others learn of it without asking the provider.
    await #expect(throws: SandboxError.self) { try await fixture.metered(model).step(Self.step()) }
    #expect(model.requests.count == 1)
  }

  @Test func retryAfterHoldsEverybodyBack() async throws {
    let fixture = try await Fixture()
    for index in 0..<16 { try await fixture.start(TaskID("t\(index)")) }
    let asked = Mutex<[Duration]>([])
    let model = ClosureModel { _ in
      asked.withLock { $0.append(fixture.clock.now) }
      return .say("ok")
    }
    let metered = fixture.metered(model)
    fixture.meter.governor.pause(model.name, for: .seconds(30))
    let start = fixture.clock.now
    try await withThrowingTaskGroup { group in
      for index in 0..<16 { group.addTask { _ = try await metered.step(Self.step(TaskID("t\(index)"))) } }
      try await group.waitForAll()
    }
    #expect(asked.withLock { $0.count } == 16)
    #expect(asked.withLock { $0.allSatisfy { $0 >= start + .seconds(30) } })
  }

  @Test func pausedModelIsNotAsked() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let asked = Mutex<[Duration]>([])
    let limited = Counter()
    let model = ClosureModel { [self] _ throws(SandboxError) in
      asked.withLock { $0.append(fixture.clock.now) }
      if limited.enter() == 1 { throw failure(429, .after(.seconds(7))) }
      return .say("ok")
    }
    let start = fixture.clock.now
    _ = try await fixture.metered(model).step(Self.step())
    #expect(asked.withLock { $0 } == [start, start + .seconds(7)])
    // Another model of the same session is not held back.
    fixture.meter.governor.pause("another/model", for: .seconds(90))
    _ = try await fixture.metered(model).step(Self.step(number: 2))
    #expect(fixture.clock.now == start + .seconds(7))
  }

  @Test func callsAMinuteAreKept() async throws {
    var limits = ExecutionLimits()
    limits.maxCallsPerMinute = 2
    let fixture = try await Fixture(limits: limits)
    try await fixture.start(.root)
    let start = fixture.clock.now
    let metered = fixture.metered(ClosureModel { _ in .say("ok") })
    for number in 1...5 { _ = try await metered.step(Self.step(number: number)) }
    #expect(fixture.clock.now >= start + .seconds(120))
  }

  @Test func attemptsGoOnCountingAfterARestart() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let call = ModelCallStarted(
      callID: CallID("root/1"), taskID: .root, agentID: .meta, model: "m", step: 1, attempt: 1,
      reservation: Amount(tokens: 5))
    let failed = ModelCallFailed(
      callID: CallID("root/1"), taskID: .root, error: ErrorRecord(code: .unavailable, message: "died"),
      charged: Amount(tokens: 5), willRetry: false)
    try await fixture.log.append([.modelCallStarted(call), .modelCallFailed(failed)])
    _ = try await fixture.metered(ClosureModel { _ in .say("ok") }).step(Self.step())
    #expect(fixture.log.read { $0.modelCalls[CallID("root/1#2")]?.status } == .completed)
    #expect(fixture.log.read { $0.tasks[.root]?.steps } == 1)
  }

  @Test func callsOfARunThatDiedAreChargedInFull() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(tokens: 5_000))
    try await fixture.start(.root)
    try await fixture.log.append(
      .modelCallStarted(
        ModelCallStarted(
          callID: CallID("root/1"), taskID: .root, agentID: .meta, model: "m", step: 1, attempt: 1,
          reservation: Amount(tokens: 4_000))))
    let again = try await Fixture(resuming: fixture.journal.records)
    #expect(try await InterruptedModelCalls.settle(in: again.log) == 1)
    #expect(try await InterruptedModelCalls.settle(in: again.log) == 0)
    #expect(again.log.read { $0.budget.session.spent.tokens } == 4_000)
    _ = try await again.metered(ClosureModel { _ in .say("ok") }).step(Self.step())
    #expect(again.log.read { $0.modelCalls[CallID("root/1#2")]?.status } == .completed)
  }

  // MARK: - Cancelling

  @Test func cancellingACallInFlightLeavesAnOutcome() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let started = Gate()
    let model = ClosureModel { _ throws(SandboxError) in
      started.open()
      try await Gate().wait()
      return .say("never")
    }
    let metered = fixture.metered(model, facts: Self.facts)
    let error = await withTaskGroup(of: SandboxError?.self) { group in
      group.addTask {
        do throws(SandboxError) {
          _ = try await metered.step(Self.step())
          return nil
        } catch {
          return error
        }
      }
      try? await started.wait()
      group.cancelAll()
      return await group.next() ?? nil
    }
    #expect(error?.code == .cancelled)
    let reservation = try #require(await starts(fixture).first?.reservation)
    #expect(await failures(fixture).map(\.charged) == [reservation])
    #expect(await failures(fixture).first?.error.code == .cancelled)
    #expect(await fixture.isConsistent())
  }

  // MARK: - Limits

  @Test func refusalStopsTheSessionAndSaysWhy() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(cost: Money(microdollars: 2_000)))
    try await fixture.start(.root)
    try await fixture.start(TaskID("root.1-0"), agent: AgentID("omega:research"), parent: .root)
    let model = ClosureModel { _ in .say("ok") }
    let step = ModelStep(
      taskID: TaskID("root.1-0"), agentID: AgentID("omega:research"), number: 1, messages: [.user("x")], tools: .none)
    let error = await #expect(throws: SandboxError.self) {
      try await fixture.metered(model, facts: Self.facts).step(step)
    }
    #expect(error?.code == .limitExceeded)
    #expect(model.requests.isEmpty)
    let reason = try #require(fixture.stop.reason)
    #expect(reason.kind == .cost)
    #expect(reason.detail.contains("$0.002000") && reason.detail.contains("meta > omega:research (root.1-0)"))
  }

  @Test func aTasksOwnLimitIsItsOwnFailure() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    try await fixture.start(TaskID("root.1"), parent: .root, limit: BudgetLimit(tokens: 100))
    let metered = fixture.metered(ClosureModel { _ in .say("ok") })
    let error = await #expect(throws: SandboxError.self) { try await metered.step(Self.step(TaskID("root.1"))) }
    #expect(error?.code == .limitExceeded)
    #expect(fixture.stop.reason == nil)
    _ = try await metered.step(Self.step())
  }

  @Test func capShrinksToWhatIsLeftDownTo256() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(tokens: 1_000))
    try await fixture.start(.root)
    let caps = Mutex<[Int]>([])
    let model = ClosureModel { request in
      caps.withLock { $0.append(request.maxOutputTokens) }
      return .say("ok", usage: TokenUsage(input: 10, output: 240))
    }
    let metered = fixture.metered(model)
    for number in 1...3 { _ = try await metered.step(Self.step(number: number)) }
    let error = await #expect(throws: SandboxError.self) { try await metered.step(Self.step(number: 4)) }
    #expect(error?.code == .limitExceeded)
    let seen = caps.withLock { $0 }
    #expect(seen.count == 3 && seen[0] > seen[1] && seen[1] > seen[2] && seen[2] >= 256 && seen[0] < 1_000)
    #expect(fixture.stop.reason?.kind == .tokens)
  }

  @Test func moneyThatIsLentIsWaitedFor() async throws {
    // Room for one call in flight only, but for many one after the other.
    let fixture = try await Fixture(budget: BudgetLimit(tokens: 6_000))
    let flight = Counter()
    let model = ClosureModel { _ in
      flight.enter()
      for _ in 0..<20 { await Task.yield() }
      flight.leave()
      return .say("ok", usage: TokenUsage(input: 10, output: 10))
    }
    let metered = fixture.metered(model)
    for index in 0..<8 { try await fixture.start(TaskID("t\(index)")) }
    try await withThrowingTaskGroup { group in
      for index in 0..<8 { group.addTask { _ = try await metered.step(Self.step(TaskID("t\(index)"))) } }
      try await group.waitForAll()
    }
    #expect(flight.total == 8)
    #expect(fixture.log.read { $0.budget.session.spent.tokens } == 160)
    #expect(fixture.stop.reason == nil)
  }

  @Test func waitingForMoneyEndsWhenCancelled() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(tokens: 4_500))
    try await fixture.start(.root)
    let started = Gate()
    let model = ClosureModel { _ throws(SandboxError) in
      started.open()
      try await Gate().wait()
      return .say("never")
    }
    let metered = fixture.metered(model)
    let codes = await withTaskGroup(of: SandboxError.Code?.self) { group in
      for number in 1...3 {
        group.addTask {
          do throws(SandboxError) {
            _ = try await metered.step(Self.step(number: number))
            return nil
          } catch {
            return error.code
          }
        }
      }
      try? await started.wait()
      group.cancelAll()
      var codes: [SandboxError.Code?] = []
      for await code in group { codes.append(code) }
      return codes
    }
    #expect(codes == [.cancelled, .cancelled, .cancelled])
    #expect(fixture.log.read { $0.budget.session.reserved } == .zero)
  }

  @Test func holdbackIsForTheLastAnswerOnly() async throws {
    let fixture = try await Fixture(budget: BudgetLimit(tokens: 1_000), holdback: Amount(tokens: 900))
    try await fixture.start(.root)
    let metered = fixture.metered(ClosureModel { _ in .say("last", usage: TokenUsage(input: 30, output: 30)) })
    await #expect(throws: SandboxError.self) { try await metered.step(Self.step()) }
    let step = ModelStep(
      taskID: .root, agentID: .meta, number: 1, messages: [.user("x")], tools: .none, isFinalAnswer: true,
      maxOutputTokens: 400)
    #expect(try await metered.step(step).text == "last")
    #expect(fixture.log.read { $0.modelCalls[CallID("root/answer")]?.started.isFinalAnswer } == true)
  }

  // MARK: - Replies

  @Test func providerIDsAreUniqueInATranscript() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let model = ClosureModel { _ in
      ModelReply(
        text: "",
        toolCalls: ["a", "", "a", "b", "call_1_1"].map { .init(id: $0, name: "f", arguments: "{}") },
        usage: TokenUsage(input: 1, output: 1))
    }
    let message = try await fixture.metered(model).step(Self.step())
    let ids = message.toolCalls.map(\.providerID)
    #expect(ids.count == 5 && Set(ids).count == 5 && !ids.contains(""))
    #expect(ids[0] == "a" && ids[3] == "b")
    #expect(message.toolCalls.map(\.id.rawValue) == (0..<5).map { "root/1.\($0)" })
    let later = ModelStep(
      taskID: .root, agentID: .meta, number: 2, messages: [.user("x"), .assistant(message)], tools: .none)
    let second = try await fixture.metered(model).step(later)
    #expect(Set(ids).isDisjoint(with: second.toolCalls.map(\.providerID)))
  }

  @Test func whatTheProviderCountedReplacesBytes() async throws {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let tool = try await fixture.echo()
    let long = String(repeating: "word ", count: 2_000)
    let model = ClosureModel { request in
      request.results.count < 3
        ? ModelReply(
          text: "",
          toolCalls: [.init(id: "", name: "echo", arguments: #"{"text":"\#(request.results.count)\#(long)"}"#)],
          usage: TokenUsage(input: 2_000 * (request.results.count + 1), output: 2_000))
        : .say("ok")
    }
    let result = try await fixture.loop(model: model, tools: [tool]).run()
    #expect(result.status == .completed)
    let reservations = await starts(fixture).map { $0.reservation.tokens - 4_000 }
    // The transcript grows by 20 KB a step; only what is new counts in bytes.
    #expect(reservations.count == 4)
    #expect(reservations[3] < 6_000 + 22_000)
    #expect(reservations[3] > 6_000 + 20_000)
  }
}
