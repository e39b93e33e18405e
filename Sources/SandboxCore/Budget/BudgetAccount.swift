package struct BudgetLimit: Sendable, Hashable, Codable {
  package var cost: Money?
  package var tokens: Int?

  package init(cost: Money? = nil, tokens: Int? = nil) {
    self.cost = cost
    self.tokens = tokens
  }

  package static let none = BudgetLimit()
}

/// One node of the budget tree: what it may spend, what it has spent, and what is promised to calls in flight.
package struct BudgetAccount: Sendable, Hashable, Codable {
  package let parent: TaskID?
  package let limit: BudgetLimit
  package var reserved: Amount = .zero
  package var spent: Amount = .zero

  package init(parent: TaskID?, limit: BudgetLimit) {
    self.parent = parent
    self.limit = limit
  }

  enum Room { case fits, fitsLater, never(LimitKind) }

  func room(for amount: Amount, keeping kept: Amount) -> Room {
    let spentAndKept = spent + kept
    let after = spentAndKept + reserved + amount
    let alone = spentAndKept + amount
    var room = Room.fits
    if let cost = limit.cost, amount.cost > .zero || spentAndKept.cost > cost {
      if alone.cost > cost { return .never(.cost) }
      if after.cost > cost { room = .fitsLater }
    }
    if let tokens = limit.tokens, amount.tokens > 0 || spentAndKept.tokens > tokens {
      if alone.tokens > tokens { return .never(.tokens) }
      if after.tokens > tokens { room = .fitsLater }
    }
    return room
  }
}
