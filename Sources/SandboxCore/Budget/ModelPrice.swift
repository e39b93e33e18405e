/// What a model's tokens cost, in whole nano-dollars a token (a price of $1 for a million tokens is 1,000).
package struct ModelPrice: Hashable, Sendable, Codable {
  package var input: Int64
  package var output: Int64
  package var cachedInput: Int64
  package var cacheWrite: Int64
  package var tier: Tier?

  /// Prices for the whole request once its prompt, cached part included, has more than `above` tokens.
  package struct Tier: Hashable, Sendable, Codable {
    package var above: Int
    package var input: Int64
    package var output: Int64
    package var cachedInput: Int64
    package var cacheWrite: Int64

    package init(above: Int, input: Int64, output: Int64, cachedInput: Int64, cacheWrite: Int64) {
      self.above = above
      self.input = input
      self.output = output
      self.cachedInput = cachedInput
      self.cacheWrite = cacheWrite
    }
  }

  package init(input: Int64, output: Int64, cachedInput: Int64? = nil, cacheWrite: Int64? = nil, tier: Tier? = nil) {
    self.input = input
    self.output = output
    self.cachedInput = cachedInput ?? input
    self.cacheWrite = cacheWrite ?? input
    self.tier = tier
  }

  /// A model that costs nothing: a local server, or rules.
  package static let free = ModelPrice(input: 0, output: 0)

  /// The price of a call that has happened. Negative counts, which a lying server may report, count as zero.
  package func cost(of usage: TokenUsage) -> Money {
    let prompt = max(0, usage.input)
    let cached = min(max(0, usage.cachedInput), prompt)
    let written = min(max(0, usage.cacheWrite), prompt - cached)
    let plain = prompt - cached - written
    let rates = rates(forPrompt: prompt)
    let nano = [
      (plain, rates.input), (cached, rates.cachedInput), (written, rates.cacheWrite),
      (max(0, usage.output), rates.output),
    ].reduce(Int64(0)) { $0.addingSaturating(Int64($1.0).multipliedSaturating(by: $1.1)) }
    return Money(microdollars: nano / 1000 + (nano % 1000 > 0 ? 1 : 0))
  }

  /// The most a call can cost whose prompt has at most `promptTokens` and whose reply has at most `outputTokens`.
  package func worstCase(promptTokens: Int, outputTokens: Int) -> Money {
    let whole = worstCase(promptTokens, outputTokens, at: rates(forPrompt: promptTokens))
    guard let tier, promptTokens > tier.above else { return whole }
    // A tier need not be dearer: a prompt that stays just below it may cost more.
    return max(whole, worstCase(tier.above, outputTokens, at: rates(forPrompt: tier.above)))
  }

  private func worstCase(_ promptTokens: Int, _ outputTokens: Int, at rates: Tier) -> Money {
    let dearest = max(rates.input, max(rates.cacheWrite, rates.cachedInput))
    let nano = Int64(max(0, promptTokens)).multipliedSaturating(by: dearest)
      .addingSaturating(Int64(max(0, outputTokens)).multipliedSaturating(by: rates.output))
    return Money(microdollars: nano / 1000 + (nano % 1000 > 0 ? 1 : 0))
  }

  private func rates(forPrompt tokens: Int) -> Tier {
    if let tier, tokens > tier.above { return tier }
    return Tier(above: 0, input: input, output: output, cachedInput: cachedInput, cacheWrite: cacheWrite)
  }
}
