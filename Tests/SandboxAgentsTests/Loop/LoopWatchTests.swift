import SandboxAgents
import SandboxCore
import SandboxTools
import SandboxTestKit
import Testing

@Suite struct LoopWatchTests {
  /// What becomes of a model that goes by a pattern of calls: how it ends, how often it was asked, and the notes.
  private func run(
    results: @escaping @Sendable (Int) -> String = { _ in "same" },
    _ pattern: @escaping @Sendable (Int, ModelRequest) -> ModelReply
  ) async throws -> (status: AgentResult.Status, asked: Int, nudgedAt: Int?, restrictedAt: Int?) {
    let fixture = try await Fixture()
    try await fixture.start(.root)
    let calls = Counter()
    let tool = try await fixture.tool("poll") { _ throws(SandboxError) in results(calls.enter()) }
    let other = try await fixture.tool("look") { _ throws(SandboxError) in "view" }
    let asked = Counter()
    let model = ClosureModel { request in pattern(asked.enter(), request) }
    let result = try await fixture.loop(model: model, tools: [tool, other], maxIterations: 40).run()
    let nudged = model.requests.firstIndex { $0.lastText.contains("you repeat the same tool calls") }
    let restricted = model.requests.firstIndex { $0.tools.isEmpty }
    return (result.status, model.requests.count, nudged, restricted)
  }

  @Test func sameCallIsNudgedRestrictedAndStopped() async throws {
    let end = try await run { _, _ in .calls(("poll", #"{"text":"a"}"#)) }
    #expect(end.nudgedAt == 3 && end.restrictedAt == 6 && end.asked == 7)
    guard case .stopped(.loop, let detail) = end.status else {
      Issue.record("\(end)")
      return
    }
    #expect(detail.contains("poll"))
  }

  @Test func argumentsThatOnlyLookDifferentAreTheSame() async throws {
    let spellings = [#"{"text":"a","n":1}"#, #"{ "n": 1.0, "text": "a" }"#, #"{"n":1,"text":"\u0061"}"#]
    let end = try await run { asked, _ in .calls(("poll", spellings[asked % 3])) }
    #expect(end.nudgedAt == 3)
  }

  @Test func alternatingCallsAreALoop() async throws {
    let end = try await run { asked, _ in .calls((asked % 2 == 0 ? "poll" : "look", "{}")) }
    #expect(end.nudgedAt == 6 && end.restrictedAt == 12 && end.asked == 13)
  }

  @Test func failingCallIsALoop() async throws {
    let end = try await run { _, _ in .calls(("nobody", "{}")) }
    #expect(end.nudgedAt == 3)
  }

  @Test func sameReplyOfSeveralCallsIsALoop() async throws {
    let end = try await run { _, _ in .calls(("poll", "{}"), ("look", "{}")) }
    #expect(end.nudgedAt == 3)
  }

  @Test func pollingThatChangesIsNoLoop() async throws {
    let end = try await run(results: { "\($0) %" }) { asked, _ in asked > 30 ? .say("done") : .calls(("poll", "{}")) }
    #expect(end.status == .completed && end.nudgedAt == nil && end.restrictedAt == nil)
  }

  @Test func changingArgumentsAreNoLoop() async throws {
    let end = try await run { asked, _ in
      asked > 30 ? .say("done") : .calls(("poll", #"{"text":"\#(asked)"}"#))
    }
    #expect(end.status == .completed && end.nudgedAt == nil)
  }

  @Test func twoRepetitionsAreNoLoop() async throws {
    let end = try await run { asked, _ in
      asked > 12 ? .say("done") : .calls((asked % 3 == 0 ? "look" : "poll", #"{"text":"\#(asked / 3)"}"#))
    }
    #expect(end.status == .completed && end.nudgedAt == nil)
  }

  @Test func nudgeThatHelpsIsTheEndOfIt() async throws {
    let end = try await run { _, request in
      request.lastText.contains("you repeat") ? .say("fine") : .calls(("poll", "{}"))
    }
    #expect(end.status == .completed && end.restrictedAt == nil)
  }

  @Test func finalAnswerWithoutToolsCounts() async throws {
    let end = try await run { _, request in
      request.tools.isEmpty ? .say("what I know") : .calls(("poll", "{}"))
    }
    #expect(end.status == .completed && end.restrictedAt == 6)
  }
}
