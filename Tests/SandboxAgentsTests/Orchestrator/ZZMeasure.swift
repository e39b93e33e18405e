import SandboxAgents
import SandboxCore
import Testing
import Glibc

@Suite(.serialized) struct ZZMeasure {
  @Test(arguments: ["text", "meta-team-20", "meta-fan-100-5", "meta-fan-1000-5"])
  func measure(script: String) async throws {
    func cpu() -> Double { var u = rusage(); getrusage(__rusage_who_t(0), &u); return Double(u.ru_utime.tv_sec) + Double(u.ru_utime.tv_usec) / 1e6 + Double(u.ru_stime.tv_sec) + Double(u.ru_stime.tv_usec) / 1e6 }
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = 1_000
    limits.maxConcurrentAgents = 2_000
    let fixture = try await Fixture(limits: limits)
    try await fixture.team()
    let transport = BenchServer.transport()
    let resolved = try ModelFactory(settings: ProviderSettings(openAIKey: "sk-bench", openAIBaseURL: "http://127.0.0.1:1/v1"), transport: transport).model(named: "openai/gpt-4o")
    let t0 = cpu()
    let c = ContinuousClock.now
    let orchestrator = try await Orchestrator(model: MeteredModel(resolved, meter: fixture.meter), bus: fixture.bus, meter: fixture.meter)
    let answer = try? await orchestrator.run("Carry out the benchmark. [[bench:\(script)]]")
    print("MEASURE", script, "cpu", cpu() - t0, "wall", ContinuousClock.now - c, "requests", transport.requests.count, "bytes", transport.requests.reduce(0) { $0 + $1.body.count }, answer != nil)
  }
}
