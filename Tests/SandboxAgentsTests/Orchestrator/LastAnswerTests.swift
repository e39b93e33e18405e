import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

@Suite struct LastAnswerTests {
  /// Far away, and nothing comes of waiting for it.
  private func later(_ fixture: Fixture) -> Deadline {
    fixture.clock.hold(sleepsFrom: .seconds(1_000))
    return Deadline(after: .seconds(5_000), time: fixture.clock.source)
  }

  /// A session whose money ends in the middle, with one result.
  private func stopped(
    holdback: Amount, last: @escaping @Sendable (ModelRequest) throws(SandboxError) -> ModelReply
  ) async throws -> (Fixture, Orchestrator, ClosureModel) {
    let fixture = try await Fixture(budget: BudgetLimit(tokens: 60_000), holdback: holdback)
    try await fixture.team()
    let model = ClosureModel { request throws(SandboxError) in
      if request.maxOutputTokens <= 512, request.tools.isEmpty { return try last(request) }
      if request.agentID != .meta { return .say("Three sources.", usage: TokenUsage(input: 50, output: 50_000)) }
      return request.results.isEmpty
        ? .calls(("delegate_task", #"{"agentId":"omega:research","task":"Find sources"}"#))
        : ModelReply(
          text: "",
          toolCalls: [
            .init(id: "", name: "query_blackboard", arguments: #"{"text":"\#(request.results.count)"}"#)
          ], usage: TokenUsage(input: 600, output: 200))
    }
    let orchestrator = try await fixture.orchestrator(model)
    await #expect(throws: SandboxError.self) { try await orchestrator.run("Write about whales") }
    #expect(fixture.stop.reason?.kind == .tokens)
    return (fixture, orchestrator, model)
  }

  @Test func modelWritesItFromWhatWasKeptBack() async throws {
    let (fixture, orchestrator, model) = try await stopped(holdback: Amount(tokens: 8_000)) { _ in
      .say("Short answer.", usage: TokenUsage(input: 200, output: 40))
    }
    #expect(await orchestrator.lastAnswer(deadline: later(fixture)) == "Short answer.")
    let request = try #require(model.requests.last)
    #expect(request.lastText.contains("Three sources.") && request.lastText.contains("Write about whales"))
    let spent = fixture.log.read { $0.budget.session.spent.tokens }
    #expect(spent <= 60_000)
    #expect(fixture.log.read { $0.budget.reservations.isEmpty })
    #expect(await fixture.isConsistent())
  }

  @Test func resultsSpeakForThemselvesWhenTheModelFails() async throws {
    let (fixture, orchestrator, _) = try await stopped(holdback: Amount(tokens: 8_000)) { _ throws(SandboxError) in
      throw SandboxError(.unavailable, "down", cause: ModelFailure(status: 500, mayBeBilled: false))
    }
    let answer = await orchestrator.lastAnswer(deadline: later(fixture))
    #expect(answer.contains("Three sources.") && answer.contains("token limit 60000"))
  }

  @Test func resultsSpeakForThemselvesWithoutHoldback() async throws {
    let (fixture, orchestrator, model) = try await stopped(holdback: .zero) { _ in .say("paid by what was left") }
    let before = model.requests.count
    let answer = await orchestrator.lastAnswer(deadline: later(fixture))
    #expect(model.requests.count == before ? answer.contains("Three sources.") : answer == "paid by what was left")
    #expect(fixture.log.read { $0.budget.session.spent.tokens } <= 60_000)
  }

  @Test func answerThatWasGivenIsTheAnswer() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let orchestrator = try await fixture.orchestrator(ClosureModel { _ in .say("done") })
    _ = try await orchestrator.run("x")
    #expect(await orchestrator.lastAnswer(deadline: later(fixture)) == "done")
  }

  @Test func noTimeNoCall() async throws {
    let (fixture, orchestrator, model) = try await stopped(holdback: Amount(tokens: 8_000)) { _ in .say("late") }
    let before = model.requests.count
    let answer = await orchestrator.lastAnswer(deadline: Deadline(after: .zero, time: fixture.clock.source))
    #expect(answer.contains("Three sources."))
    #expect(model.requests.count == before)
  }

  @Test func offlineRulesAreNotAsked() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let orchestrator = try await fixture.orchestrator(OfflineModel())
    fixture.stop.requestStop(StopReason(.iterations, "all 5 iterations used"))
    let answer = await orchestrator.lastAnswer(deadline: later(fixture))
    #expect(answer == "The session ended before the work was done: all 5 iterations used.\n\nThere are no results.")
  }
}
