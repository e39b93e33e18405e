/// What one model call used, as the provider reports it. `input` contains the cached tokens, `output` the reasoning.
package struct TokenUsage: Hashable, Sendable, Codable {
  package var input: Int
  package var output: Int
  package var cachedInput: Int
  package var cacheWrite: Int
  package var reasoning: Int

  package init(input: Int = 0, output: Int = 0, cachedInput: Int = 0, cacheWrite: Int = 0, reasoning: Int = 0) {
    self.input = input
    self.output = output
    self.cachedInput = cachedInput
    self.cacheWrite = cacheWrite
    self.reasoning = reasoning
  }

  package var total: Int { input.addingSaturating(output) }

  package static func + (lhs: TokenUsage, rhs: TokenUsage) -> TokenUsage {
    TokenUsage(
      input: lhs.input.addingSaturating(rhs.input), output: lhs.output.addingSaturating(rhs.output),
      cachedInput: lhs.cachedInput.addingSaturating(rhs.cachedInput),
      cacheWrite: lhs.cacheWrite.addingSaturating(rhs.cacheWrite),
      reasoning: lhs.reasoning.addingSaturating(rhs.reasoning))
  }
}

extension FixedWidthInteger {
  package func addingSaturating(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  package func subtractingSaturating(_ other: Self) -> Self {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  package func multipliedSaturating(by other: Self) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}
