import SandboxTestKit
import SandboxCore
import Testing

@Suite struct ModelPriceTests {
  /// $2 in, $10 out, $0.1 cached, $2.5 written, for a million tokens.
  static let sonnet = ModelPrice(input: 2_000, output: 10_000, cachedInput: 100, cacheWrite: 2_500)
  static let sol = ModelPrice(
    input: 2_000, output: 10_000, cachedInput: 100, cacheWrite: 2_500,
    tier: .init(above: 272_000, input: 4_000, output: 15_000, cachedInput: 200, cacheWrite: 5_000))

  /// 1,000 plain, 20,000 read from the cache, 4,000 written to it, 500 out: 0.002 + 0.002 + 0.010 + 0.005.
  @Test func pricesACallWithACache() {
    let usage = TokenUsage(input: 25_000, output: 500, cachedInput: 20_000, cacheWrite: 4_000)
    #expect(Self.sonnet.cost(of: usage) == Money(microdollars: 19_000))
  }

  /// 300,000 with 200,000 cached, 1,000 out, all at the prices above 272,000: 0.4 + 0.04 + 0.015.
  @Test func pricesACallOfTheLongTier() {
    let usage = TokenUsage(input: 300_000, output: 1_000, cachedInput: 200_000)
    #expect(Self.sol.cost(of: usage) == Money(microdollars: 455_000))
  }

  @Test func theTierBeginsAboveItsBorder() {
    #expect(Self.sol.cost(of: TokenUsage(input: 272_000)) == Money(microdollars: 544_000))
    #expect(Self.sol.cost(of: TokenUsage(input: 272_001)) == Money(microdollars: 1_088_004))
  }

  @Test func roundsAFractionUp() {
    let cheap = ModelPrice(input: 1, output: 1)
    #expect(cheap.cost(of: TokenUsage(input: 1)) == Money(microdollars: 1))
    #expect(cheap.cost(of: TokenUsage(input: 1_000)) == Money(microdollars: 1))
    #expect(cheap.cost(of: TokenUsage(input: 1_001)) == Money(microdollars: 2))
    #expect(cheap.cost(of: TokenUsage()) == .zero)
    #expect(ModelPrice.free.cost(of: TokenUsage(input: 1_000_000, output: 1_000_000)) == .zero)
  }

  @Test func absurdUsageNeitherTrapsNorPaysBack() {
    let most = TokenUsage(input: .max, output: .max, cachedInput: .max, cacheWrite: .max)
    #expect(Self.sol.cost(of: most) == Money(microdollars: Int64.max / 1000 + 1))
    #expect(Self.sol.worstCase(promptTokens: .max, outputTokens: .max) == Money(microdollars: Int64.max / 1000 + 1))
    let negative = TokenUsage(input: -5, output: .min, cachedInput: -1, cacheWrite: .min)
    #expect(Self.sol.cost(of: negative) == .zero)
    #expect(Self.sol.worstCase(promptTokens: -1, outputTokens: .min) == .zero)
    // More cached than there was: the prompt is what it is.
    #expect(Self.sonnet.cost(of: TokenUsage(input: 10, cachedInput: 1_000)) == Money(microdollars: 1))
  }

  /// Whatever the prices, also when the long tier is the cheaper one.
  @Test func noCallCostsMoreThanItsWorstCase() {
    var random = SeededGenerator(seed: 7)
    for round in 0..<20_000 {
      let above = Int.random(in: 0...2_000, using: &random)
      func rate() -> Int64 { Int64.random(in: 0...20_000, using: &random) }
      let tier = ModelPrice.Tier(above: above, input: rate(), output: rate(), cachedInput: rate(), cacheWrite: rate())
      let price = ModelPrice(
        input: rate(), output: rate(), cachedInput: rate(), cacheWrite: rate(), tier: round % 3 == 0 ? nil : tier)
      let prompt = Int.random(in: 0...4_000, using: &random)
      let output = Int.random(in: 0...4_000, using: &random)
      let input = Int.random(in: 0...prompt, using: &random)
      let usage = TokenUsage(
        input: input, output: Int.random(in: 0...output, using: &random),
        cachedInput: Int.random(in: -10...input + 10, using: &random),
        cacheWrite: Int.random(in: -10...input + 10, using: &random))
      let worst = price.worstCase(promptTokens: prompt, outputTokens: output)
      if price.cost(of: usage) > worst { Issue.record("\(price) \(usage): \(price.cost(of: usage)) > \(worst)") }
    }
  }
}
