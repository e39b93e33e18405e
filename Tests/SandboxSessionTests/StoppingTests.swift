import SandboxAgents
import SandboxCore
import SandboxSession
import SandboxTestKit
import SandboxTools
import Testing

@Suite("Stopping a session")
struct StoppingTests {
  /// Never answers, but listens to cancellation.
  private static let silent = ClosureModel { _ throws(SandboxError) in
    do { try await Task.sleep(for: .seconds(600)) } catch { throw SandboxError(.cancelled, "cancelled") }
    return ModelReply(text: "")
  }

  @Test(arguments: [
    (StopReason.Kind.terminate, ExitCode.terminated), (.interrupt, .interrupted), (.hangup, .hangup),
  ])
  func aSignalEndsItWithItsCode(kind: StopReason.Kind, code: ExitCode) async throws {
    let fixture = SessionFixture(model: Self.silent)
    async let outcome = fixture.run()
    while fixture.log.read({ $0.metrics.modelCalls }) == 0 { try await Task.sleep(for: .milliseconds(1)) }
    fixture.stop.requestStop(StopReason(kind, "by the test"))
    #expect(await outcome.exitCode == code)
    let state = fixture.log.current
    #expect(state.lifecycle.phase == .cancelled)
    #expect(state.budget.reservations.isEmpty)
    #expect(fixture.endpoint.phases.last == .cancelled)
    #expect(fixture.endpoint.statuses.last?.cancelledBy == "user")
    #expect(fixture.endpoint.deliveries.count == 1, "partial results are delivered")
  }

  @Test func aStopBeforeBootIsHonouredAtTheNextStep() async throws {
    let fixture = SessionFixture(model: Self.silent)
    fixture.stop.requestStop(StopReason(.terminate, "early"))
    #expect(await fixture.run().exitCode == .terminated)
    #expect(fixture.log.read { $0.metrics.modelCalls } == 0)
  }

  @Test func theDurationLimitEndsItInTime() async throws {
    let fixture = SessionFixture(model: Self.silent, configure: { $0.limits.maxDurationMilliseconds = 300 })
    let outcome = await fixture.run()
    #expect(outcome.exitCode == .timedOut)
    #expect(outcome.stop?.detail.contains("Execution timeout") == true)
    #expect(fixture.log.read { $0.lifecycle.phase } == .timedOut)
  }

  @Test func theFirstReasonWins() async throws {
    let fixture = SessionFixture(model: Self.silent)
    async let outcome = fixture.run()
    while fixture.log.read({ $0.metrics.modelCalls }) == 0 { try await Task.sleep(for: .milliseconds(1)) }
    fixture.stop.requestStop(StopReason(.cost, "the limit of $1 is spent"))
    fixture.stop.requestStop(StopReason(.terminate, "late"))
    #expect(await outcome.exitCode == .costLimit)
  }

  /// A stop that comes at any moment leaves one outcome, and the reports agree on it.
  @Test(arguments: 0..<40)
  func atAnyMoment(step: Int) async throws {
    let model = ClosureModel { request in
      let results = request.messages.count { if case .toolResult = $0 { true } else { false } }
      return results > 2
        ? ModelReply(text: "done")
        : ModelReply(
          text: "",
          toolCalls: [
            ModelReply.ToolCall(id: "c\(results)", name: "execute_tool", arguments: #"{"toolId":"spy","args":{}}"#)
          ])
    }
    let fixture = SessionFixture(model: model)
    async let running = fixture.run()
    while fixture.log.read({ $0.sequence }) < Int64(step), fixture.log.read({ $0.lifecycle.outcome }) == nil {
      await Task.yield()
    }
    fixture.stop.requestStop(StopReason(.terminate, "at event \(step)"))
    let outcome = await running
    #expect([ExitCode.terminated, .completed].contains(outcome.exitCode))
    let state = fixture.log.current
    #expect(state.lifecycle.outcome == outcome)
    #expect(state.lifecycle.phase == outcome.phase)
    #expect(fixture.lastStatus?["exitCode"]?.intValue == Int(outcome.exitCode.rawValue))
    #expect(fixture.result?["outcome"]?.stringValue == outcome.name)
    #expect(state.executions.values.allSatisfy { $0.status != .executing })
    #expect(state.lifecycle.history.count { $0.transition.to.isTerminal } == 1)
  }
}
