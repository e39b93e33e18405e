/// What a call reserves or has used: money and tokens together.
package struct Amount: Hashable, Sendable, Codable, AdditiveArithmetic {
  package var cost: Money
  package var tokens: Int

  package init(cost: Money = .zero, tokens: Int = 0) {
    self.cost = cost
    self.tokens = tokens
  }

  package static let zero = Amount()

  package static func + (lhs: Amount, rhs: Amount) -> Amount {
    Amount(cost: lhs.cost + rhs.cost, tokens: lhs.tokens.addingSaturating(rhs.tokens))
  }

  package static func - (lhs: Amount, rhs: Amount) -> Amount {
    Amount(cost: lhs.cost - rhs.cost, tokens: lhs.tokens.subtractingSaturating(rhs.tokens))
  }
}
