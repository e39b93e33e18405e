import SandboxTestKit
import SandboxAgents
import SandboxCore
import Synchronization
import Testing

/// Sixteen agents against one cost limit, in a thousand random schedules: what the provider bills never passes it.
@Suite struct BudgetScheduleTests {
  private final class Provider: LanguageModel {
    let name = "test/provider"
    private let price: ModelPrice
    private let state: Mutex<(random: SeededGenerator, bill: Money)>

    init(seed: UInt64, price: ModelPrice) {
      self.price = price
      state = Mutex((SeededGenerator(seed: seed), .zero))
    }

    var bill: Money { state.withLock { $0.bill } }

    func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply {
      let bytes = request.messages.reduce(0) { sum, message in
        if case .user(let text) = message { sum + text.utf8.count } else { sum }
      }
      let (kind, usage, pauses) = state.withLock { state in
        let usage = TokenUsage(
          input: Int.random(in: bytes / 5...bytes, using: &state.random),
          output: Int.random(in: 1...min(400, request.maxOutputTokens), using: &state.random))
        return (
          Int.random(in: 0..<20, using: &state.random), usage, Int.random(in: 0..<6, using: &state.random)
        )
      }
      for _ in 0..<pauses { await Task.yield() }
      switch kind {
      case 0:
        throw SandboxError(
          .unavailable, "busy", cause: ModelFailure(status: 503, mayBeBilled: false), retry: .backoff)
      case 1:
        // The reply is lost on its way, and billed.
        state.withLock { $0.bill += price.cost(of: usage) }
        throw SandboxError(
          .invalidResponse, "cut off", cause: ModelFailure(status: 200, mayBeBilled: true), retry: .backoff)
      default:
        state.withLock { $0.bill += price.cost(of: usage) }
        return ModelReply(text: "ok", usage: kind == 2 ? nil : usage)
      }
    }
  }

  @Test(arguments: [0, 1, 2, 3])
  func billNeverPassesTheLimit(part: UInt64) async throws {
    let price = ModelPrice(input: 2_500, output: 10_000)
    var used: [Double] = []
    for seed in (part * 250)..<(part * 250 + 250) {
      var random = SeededGenerator(seed: seed)
      let limit = Money(microdollars: Int64.random(in: 80_000...120_000, using: &random))
      let fixture = try await Fixture(budget: BudgetLimit(cost: limit))
      try await fixture.start(.root)
      for agent in 0..<16 { try await fixture.start(TaskID("root.\(agent)"), parent: .root) }
      let provider = Provider(seed: seed, price: price)
      let metered = fixture.metered(provider, facts: ModelFacts(price: price, maxOutputTokens: 800))
      let sizes = (0..<16).map { _ in Int.random(in: 20...400, using: &random) }
      await withTaskGroup { group in
        for agent in 0..<16 {
          group.addTask {
            for number in 1...200 {
              let step = ModelStep(
                taskID: TaskID("root.\(agent)"), agentID: .meta, number: number,
                messages: [.user(String(repeating: "x", count: sizes[agent]))], tools: .none)
              do throws(SandboxError) {
                _ = try await metered.step(step)
              } catch {
                if error.code == .limitExceeded || error.code == .cancelled { return }
              }
            }
          }
        }
      }
      let account = fixture.log.read { $0.budget.session }
      #expect(provider.bill <= limit, "seed \(seed)")
      #expect(provider.bill <= account.spent.cost, "seed \(seed)")
      #expect(account.spent.cost <= limit, "seed \(seed)")
      #expect(account.reserved == .zero, "seed \(seed)")
      #expect(fixture.stop.reason?.kind == .cost, "seed \(seed)")
      used.append(account.spent.cost.dollars / limit.dollars)
      if seed % 25 == 0 { #expect(await fixture.isConsistent(), "seed \(seed)") }
    }
    #expect((used.min() ?? 0) >= 0.9, "\(used.min() ?? 0)")
  }
}
