import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusRecordTests {
  @Test func historyIsNewestFirst() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t", cost: Money(microdollars: 3))
    for index in 1...60 { try await fixture.run(index == 60 ? "unknown" : "t", id: "\(index)") }
    #expect(fixture.bus.executionHistory().map(\.id.rawValue) == (11...60).reversed().map(String.init))
    #expect(fixture.bus.executionHistory(limit: 2).map(\.id.rawValue) == ["60", "59"])
    #expect(fixture.bus.executionHistory(limit: 1000).count == 60)
    #expect(fixture.bus.executionHistory(limit: -1).isEmpty)
    #expect(fixture.bus.totalCost == Money(microdollars: 177))
  }

  @Test func aRecordedResultIsReturnedAgain() async throws {
    let first = try await BusFixture()
    try await first.add("t")
    try await first.add("bad") { _ throws(SandboxError) in throw SandboxError(.toolFailed, "no") }
    let done = [
      try await first.run("t", id: "1"), try await first.run("bad", id: "2"), try await first.run("unknown", id: "3"),
    ]
    let resumed = try await BusFixture(resuming: first.log.current)
    let runs = Counter()
    for id in ["t", "bad"] {
      try await resumed.add(id) { _ in
        runs.add()
        return ToolOutput(text: "again")
      }
    }
    for (tool, result) in zip(["t", "bad", "unknown"], done) {
      #expect(try await resumed.run(tool, id: result.callID.rawValue) == result)
    }
    #expect(runs.value == 0)
    #expect(await resumed.journal.records.isEmpty)
  }

  /// The state of a session that died while a call was under way.
  private func died(_ effect: ToolEffect, attempts: Int = 1) -> SessionState {
    let started = ToolCallStarted(
      callID: "1".asID(), taskID: .root, agentID: .meta, toolID: "t".asID(), toolVersion: "1.0.0", category: "research",
      effect: effect, arguments: [:], parentCallID: nil, reservation: Amount(cost: Money(microdollars: 300)),
      maxRetries: 2)
    var events: [SessionEvent] = [
      .sessionCreated(
        SessionCreated(
          sessionID: "s".asID(), workspaceID: "", sandboxID: "", userID: "", mode: "", request: "", model: "",
          limits: ExecutionLimits(), budget: .none, holdback: .zero, program: "", configurationDigest: "")),
      .toolCallStarted(started),
    ]
    for attempt in 1..<max(2, attempts + 1) where attempt > 1 {
      events.append(
        .toolCallRetried(
          ToolCallRetried(
            callID: "1".asID(), attempt: attempt, error: ErrorRecord(code: .unavailable, message: ""),
            delayMilliseconds: 0)))
    }
    return .fold(
      events.enumerated().map { EventRecord(sequence: Int64($0 + 1), time: 1, actor: "meta", event: $1) })
  }

  @Test func aCallThatMayBeRepeatedRunsAgain() async throws {
    let fixture = try await BusFixture(resuming: died(.pure))
    try await fixture.add("t", effect: .pure, cost: Money(microdollars: 100)) {
      ToolOutput(text: "attempt \($0.attempt)")
    }
    #expect(try await fixture.run("t", id: "1").text == "attempt 2")
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.status == .completed)
    #expect(execution.attempts == 2)
    // The attempt that the crash cut short is paid for as well.
    #expect(execution.cost == Money(microdollars: 200))
    #expect(fixture.log.read { $0.budget.session.reserved } == .zero)
  }

  @Test(arguments: [(ToolEffect.unsafe, 1), (.queryable, 1), (.pure, 3)])
  func anUnknownOutcomeIsSaidToBeUnknown(_ effect: ToolEffect, _ attempts: Int) async throws {
    let fixture = try await BusFixture(resuming: died(effect, attempts: attempts))
    let runs = Counter()
    try await fixture.add("t", effect: effect, cost: Money(microdollars: 100)) { _ in
      runs.add()
      return ToolOutput(text: "")
    }
    let result = try await fixture.run("t", id: "1")
    #expect(result.isError)
    #expect(result.text.contains("unknown"))
    #expect(runs.value == 0)
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.status == .unknown)
    #expect(execution.cost == Money(microdollars: 300))
    #expect(try await fixture.run("t", id: "1") == result)
  }

  @Test func aCallWhoseToolIsGoneEnds() async throws {
    let fixture = try await BusFixture(resuming: died(.pure))
    let result = try await fixture.run("t", id: "1")
    #expect(result.text == "Tool t not found")
    #expect(fixture.bus.executionHistory().first?.status == .failed)
    #expect(fixture.log.read { $0.budget.reservations.isEmpty })
    #expect(fixture.log.read { $0.budget.session.spent.cost } == Money(microdollars: 300))
  }

  @Test func stateIsTheFoldOfTheJournal() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t", effect: .pure) { ToolOutput(json: $0.arguments) }
    for index in 0..<5 { try await fixture.run(index == 3 ? "x" : "t", "{\"n\":\(index)}", id: "\(index)") }
    #expect(SessionState.fold(await fixture.journal.records) == fixture.log.current)
  }

  /// Alternatives of a broken journal that lead to themselves.
  @Test func aCircleOfAlternativesDoesNotHang() async throws {
    let fixture = try await BusFixture()
    let call = try await fixture.transcriptCall("t")
    let error = ErrorRecord(code: .unavailable, message: "no")
    for (id, next) in [("root/1.0", "a"), ("a", "b"), ("b", "a"), ("c", nil)] as [(String, String?)] {
      let fallback = next.map { ToolFallback(callID: $0.asID(), toolID: "t".asID()) }
      try await fixture.log.append(
        .toolCallRefused(
          ToolCallRefused(
            callID: id.asID(), taskID: .root, agentID: .meta, toolID: "t".asID(), arguments: [:], error: error,
            parentCallID: id == "root/1.0" ? nil : call.id, fallback: fallback)))
    }
    #expect(fixture.log.read { $0.tasks[.root]?.transcript?.openCalls.map(\.id) } == [call.id])
  }
}
