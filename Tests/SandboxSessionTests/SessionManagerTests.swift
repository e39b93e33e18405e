import SandboxAgents
import SandboxCore
import SandboxSession
import SandboxTestKit
import SandboxTools
import Testing

@Suite("A session from boot to its last report")
struct SessionManagerTests {
  /// The meta-agent delegates once and answers; the sub-agent calls its tool once and answers.
  private static let team = ClosureModel { request in
    let results = request.messages.count { if case .toolResult = $0 { true } else { false } }
    if results > 0 { return ModelReply(text: "answer of \(request.agentID)") }
    let call =
      request.agentID == .meta
      ? ModelReply.ToolCall(
        id: "c", name: "delegate_task", arguments: #"{"agentId":"omega:research","task":"look"}"#)
      : ModelReply.ToolCall(id: "c", name: "spy", arguments: "{}")
    return ModelReply(text: "", toolCalls: [call], finishReason: "tool_calls", usage: TokenUsage(input: 10, output: 5))
  }

  @Test func passesAllPhasesAndDelivers() async throws {
    let fixture = SessionFixture(model: Self.team)
    let outcome = await fixture.run()
    #expect(outcome.exitCode == .completed)
    let phases = fixture.log.read { $0.lifecycle.history.map(\.transition.to) }
    #expect(phases == [.initializing, .loadingTools, .running, .completing, .completed])
    #expect(fixture.endpoint.phases == phases)
    #expect(fixture.endpoint.deliveries.count == 1)
    #expect(fixture.endpoint.deliveries.first?.answer == "answer of meta")
    #expect(fixture.result?["answer"]?.stringValue == "answer of meta")
    #expect(fixture.lastStatus?["exitCode"]?.intValue == 0)
    let state = fixture.log.current
    #expect(state.blackboard["session"]?["final_result"]?.value.stringValue == "answer of meta")
    #expect(state.lifecycle.teardown == .done)
    #expect(state.metrics.tasksCompleted == 1)
    #expect(state.metricsByAgent[AgentID("omega:research")]?.toolExecutions == 1)
  }

  @Test func liveEndStateIsTheFoldOfTheJournal() async throws {
    let journal = InMemoryJournal()
    let fixture = SessionFixture(journal: journal, model: Self.team)
    _ = await fixture.run()
    #expect(await SessionState.fold(journal.records) == fixture.log.current)
  }

  /// The journal dies at each of its commits in turn: the session ends, with 74, and says so.
  @Test func survivesAJournalThatFailsAtAnyCommit() async throws {
    let whole = FailingJournal()
    #expect(await SessionFixture(journal: whole, model: Self.team).run().exitCode == .completed)
    let commits = await whole.commits
    #expect(commits > 10)
    for failing in 0..<commits {
      let journal = FailingJournal(failsAt: failing)
      let fixture = SessionFixture(journal: journal, model: Self.team)
      let outcome = await fixture.run()
      #expect(outcome.exitCode == .io, "commit \(failing)")
      #expect(fixture.lastStatus?["exitCode"]?.intValue == 74, "commit \(failing)")
      #expect(await SessionState.fold(journal.records) == fixture.log.current, "nothing uncommitted is told")
    }
  }

  @Test func exitZeroNeedsTheEndpointsAcknowledgement() async throws {
    let refusing = RecordingEndpoint { call in
      if case .deliver = call { SandboxError(.rejected, "extra field") } else { nil }
    }
    let fixture = SessionFixture(endpoint: refusing, model: Self.team)
    let outcome = await fixture.run()
    #expect(outcome.exitCode == .unsynced)
    #expect(fixture.lastStatus?["outcome"]?.stringValue == "unsynced")
    #expect(fixture.lastStatus?["state"]?.stringValue == "completed")
    #expect(fixture.lastStatus?["sync"]?["lastError"]?.stringValue?.contains("extra field") == true)
  }

  @Test func theTerminalStatusMustBeAcknowledgedToo() async throws {
    let refusing = RecordingEndpoint { call in
      if case .update(let status) = call, status.phase == .completed {
        SandboxError(.rejected, "no such status")
      } else {
        nil
      }
    }
    #expect(await SessionFixture(endpoint: refusing, model: Self.team).run().exitCode == .unsynced)
  }

  @Test func failingStatusUpdatesNeverStopTheRun() async throws {
    let deaf = RecordingEndpoint { call in
      if case .update(let status) = call, !status.phase.isTerminal {
        SandboxError(.unavailable, "down", retry: .backoff)
      } else {
        nil
      }
    }
    #expect(await SessionFixture(endpoint: deaf, model: Self.team).run().exitCode == .completed)
  }

  @Test func noUsableToolIsADataError() async throws {
    let fixture = SessionFixture(model: Self.team, manifests: [["id": "broken"]])
    let outcome = await fixture.run()
    #expect(outcome.exitCode == .data)
    #expect(outcome.stop?.detail.hasPrefix("No tools configured") == true)
    #expect(fixture.endpoint.phases.last == .failed)
    #expect(fixture.endpoint.deliveries.count == 1, "the cloud is told why, with what there is")
  }

  @Test func aModelThatCannotBeReachedIsUnavailable() async throws {
    let dead = ClosureModel { _ throws(SandboxError) in throw SandboxError(.unavailable, "connection refused") }
    let fixture = SessionFixture(model: dead)
    let outcome = await fixture.run()
    #expect(outcome.exitCode == .unavailable)
    #expect(fixture.log.read { $0.lifecycle.phase } == .failed)
  }

  @Test func aRefusedCredentialIsNotRetried() async throws {
    let locked = ClosureModel { _ throws(SandboxError) in throw SandboxError(.unauthorized, "invalid api key") }
    #expect(await SessionFixture(model: locked).run().exitCode == .isolation)
  }
}
