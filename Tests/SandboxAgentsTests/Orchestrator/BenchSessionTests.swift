import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

/// The benchmark's sessions, whole, over the real protocol.
@Suite struct BenchSessionTests {
  private func run(
    _ script: String, limits: ExecutionLimits = ExecutionLimits(), budget: BudgetLimit = .none
  ) async throws -> (answer: String?, fixture: Fixture, transport: FakeTransport) {
    var limits = limits
    limits.maxConcurrentTools = 1_000
    limits.maxConcurrentAgents = 2_000
    let fixture = try await Fixture(limits: limits, budget: budget)
    try await fixture.team()
    let transport = BenchServer.transport()
    let resolved = try ModelFactory(
      settings: ProviderSettings(openAIKey: "sk-bench", openAIBaseURL: "http://127.0.0.1:1/v1"), transport: transport
    ).model(named: "openai/gpt-4o")
    let orchestrator = try await Orchestrator(
      model: MeteredModel(resolved, meter: fixture.meter), bus: fixture.bus, meter: fixture.meter)
    let answer = try? await orchestrator.run("Carry out the benchmark. [[bench:\(script)]]")
    return (answer, fixture, transport)
  }

  @Test func oneCall() async throws {
    let session = try await run("text")
    #expect(session.answer?.hasPrefix("Summary of") == true)
    #expect(session.transport.requests.count == 1)
  }

  @Test func teamOfThreeWithTwentyToolCallsEach() async throws {
    let session = try await run("meta-team-20")
    #expect(session.answer == "Summary of  after 3 tool results.")
    #expect(session.transport.requests.count == 65)
    let (executions, agents) = session.fixture.log.read { state in
      (state.executions.values.map(\.toolID.rawValue), state.delegatedTasks.map(\.agentID.rawValue).sorted())
    }
    #expect(agents == ["omega:analytics", "omega:content", "omega:research"])
    #expect(executions.count { $0 == "delegate_task" } == 3)
    for category in BenchServer.categories { #expect(executions.count { $0 == "echo_\(category)" } == 20) }
    #expect(session.fixture.log.read { $0.metrics.toolErrors } == 0)
    #expect(session.fixture.log.read { $0.metrics.tokensUsed } > 0)
    #expect(await session.fixture.isConsistent())
  }

  @Test func hundredSubAgents() async throws {
    let session = try await run("meta-fan-100-5")
    #expect(session.answer?.hasPrefix("Summary of") == true)
    #expect(session.transport.requests.count == 602)
    #expect(session.fixture.log.read { $0.delegatedTasks.count { $0.status == .completed } } == 100)
  }

  @Test func tokenLimitIsNeverPassed() async throws {
    let session = try await run("meta-fan-10-20", budget: BudgetLimit(tokens: 87_000))
    #expect(session.answer == nil)
    #expect(session.fixture.stop.reason?.kind == .tokens)
    let spent = session.fixture.log.read { $0.budget.session.spent.tokens }
    #expect(spent <= 87_000 && spent >= 80_000, "\(spent)")
    #expect(session.fixture.log.read { $0.budget.session.reserved } == .zero)
  }

  @Test func requestsAreSmall() async throws {
    let session = try await run("meta-team-1")
    #expect(session.transport.requests.map(\.body.count).max() ?? 0 < 6_000)
  }
}
