import SandboxTestKit
import SandboxCore

/// A random life of a budget, and beside it the plainest possible bookkeeping: lists of what was promised and paid.
struct BudgetSchedule {
  struct Account {
    let id: TaskID
    let path: [Int]
    let limit: BudgetLimit
  }

  struct Entry {
    let call: CallID
    let account: Int
    let amount: Amount
  }

  private(set) var budget: Budget
  private(set) var accounts: [Account]
  private(set) var outstanding: [Entry] = []
  private(set) var paid: [Entry] = []
  private(set) var problems: [String] = []
  private(set) var answers: Set<String> = []
  private let width: Int
  private var usedHoldback = false
  private var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    width = Int.random(in: 1...64, using: &random)
    let limit = Self.limit(of: 10_000, &random)
    let holdback = Amount(
      cost: Money(microdollars: Int64.random(in: 0...500, using: &random)),
      tokens: Int.random(in: 0...50, using: &random))
    budget = Budget(limit: limit, holdback: random.next() % 2 == 0 ? holdback : .zero)
    accounts = [Account(id: .root, path: [0], limit: limit)]
    let depth = Int.random(in: 1...5, using: &random)
    for _ in 0..<Int.random(in: 0...min(width, 10), using: &random) {
      let candidates = accounts.indices.filter { accounts[$0].path.count < depth }
      guard let parent = candidates.randomElement(using: &random) else { break }
      let child = Account(
        id: TaskID("\(accounts[parent].id).\(accounts.count)"), path: accounts[parent].path + [accounts.count],
        limit: Self.limit(of: 20_000, &random))
      budget.open(child.id, parent: accounts[parent].id, limit: child.limit)
      accounts.append(child)
    }
  }

  private static func limit(of most: Int64, _ random: inout SeededGenerator) -> BudgetLimit {
    BudgetLimit(
      cost: random.next() % 4 == 0 ? nil : Money(microdollars: Int64.random(in: 0...most, using: &random)),
      tokens: random.next() % 4 == 0 ? nil : Int.random(in: 0...Int(most / 10), using: &random))
  }

  /// - Parameter oversettles: whether bills may be larger than what was reserved.
  mutating func run(steps: Int, oversettles: Bool) {
    for step in 0..<steps {
      if outstanding.count < width, random.next() % 5 < 3 {
        reserve(step, mayUseHoldback: !oversettles)
      } else {
        settle(oversettles)
      }
      if step % 8 == 7 { compare() }
      if !oversettles { checkLimits() }
      if !problems.isEmpty { return }
    }
    while !outstanding.isEmpty { settle(oversettles) }
    compare()
    if !oversettles { checkLimits() }
  }

  private mutating func reserve(_ step: Int, mayUseHoldback: Bool) {
    let account = Int.random(in: 0..<accounts.count, using: &random)
    let amount = Amount(
      cost: Money(microdollars: Int64.random(in: 0...2_000, using: &random)),
      tokens: Int.random(in: 0...200, using: &random))
    let useHoldback = mayUseHoldback && random.next() % 50 == 0
    let answer = budget.admission(of: amount, for: accounts[account].id, useHoldback: useHoldback)
    let expected = admission(of: amount, account: account, useHoldback: useHoldback)
    switch (answer, expected) {
    case (.admitted, "admitted"), (.wait, "wait"), (.refused, "refused"): answers.insert(expected)
    default: problems.append("\(amount) in \(accounts[account].id): \(answer), not \(expected)")
    }
    guard answer == .admitted else { return }
    if useHoldback { usedHoldback = true }
    let entry = Entry(call: CallID("call-\(step)"), account: account, amount: amount)
    budget.reserve(amount, for: entry.call, account: accounts[account].id)
    budget.reserve(amount, for: entry.call, account: .root)
    outstanding.append(entry)
  }

  private mutating func settle(_ oversettles: Bool) {
    guard !outstanding.isEmpty else { return }
    let entry = outstanding.remove(at: Int.random(in: 0..<outstanding.count, using: &random))
    let most: Int64 = oversettles ? 3 : 1
    let used = Amount(
      cost: Money(microdollars: Int64.random(in: 0...entry.amount.cost.microdollars * most, using: &random)),
      tokens: Int.random(in: 0...entry.amount.tokens * Int(most), using: &random))
    budget.settle(entry.call, used: used)
    budget.settle(entry.call, used: used)
    paid.append(Entry(call: entry.call, account: entry.account, amount: used))
  }

  private func sum(_ entries: [Entry], in account: Int) -> Amount {
    entries.reduce(.zero) { accounts[$1.account].path.contains(account) ? $0 + $1.amount : $0 }
  }

  /// The rule once more: it fits beside all promises, or it would fit once they are gone, or never.
  private func admission(of amount: Amount, account: Int, useHoldback: Bool) -> String {
    var result = "admitted"
    for index in accounts[account].path {
      let kept = index == 0 && !useHoldback ? budget.holdback : .zero
      let spent = sum(paid, in: index) + kept
      let promised = sum(outstanding, in: index)
      let limit = accounts[index].limit
      if let cost = limit.cost, amount.cost > .zero || spent.cost > cost {
        if spent.cost + amount.cost > cost { return "refused" }
        if spent.cost + amount.cost + promised.cost > cost { result = "wait" }
      }
      if let tokens = limit.tokens, amount.tokens > 0 || spent.tokens > tokens {
        if spent.tokens + amount.tokens > tokens { return "refused" }
        if spent.tokens + amount.tokens + promised.tokens > tokens { result = "wait" }
      }
    }
    return result
  }

  private mutating func compare() {
    if budget.reservations.count != outstanding.count { problems.append("reservations do not match") }
    for (index, account) in accounts.enumerated() {
      guard let entry = budget.accounts[account.id] else {
        problems.append("\(account.id) is gone")
        continue
      }
      if entry.reserved != sum(outstanding, in: index) || entry.spent != sum(paid, in: index) {
        problems.append("\(account.id) has \(entry)")
      }
    }
  }

  private mutating func checkLimits() {
    for account in budget.accounts {
      let taken = account.value.spent + account.value.reserved
      let isWithin =
        account.value.limit.cost.map { taken.cost <= $0 } != false
        && account.value.limit.tokens.map { taken.tokens <= $0 } != false
      if !isWithin { problems.append("\(account.key) passes its limit: \(account.value)") }
    }
    let taken = budget.session.spent + budget.session.reserved + budget.holdback
    guard !usedHoldback else { return }
    if let cost = budget.session.limit.cost, taken.cost > max(cost, budget.holdback.cost) {
      problems.append("the money kept back is touched: \(budget.session)")
    }
    if let tokens = budget.session.limit.tokens, taken.tokens > max(tokens, budget.holdback.tokens) {
      problems.append("the tokens kept back are touched: \(budget.session)")
    }
  }
}
