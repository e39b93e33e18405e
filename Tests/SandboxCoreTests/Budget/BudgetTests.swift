import SandboxCore
import Testing

@Suite struct BudgetTests {
  private static func dollars(_ microdollars: Int64) -> Amount { Amount(cost: Money(microdollars: microdollars)) }

  @Test func noScheduleThatIsAdmittedPassesALimit() {
    var answers: Set<String> = []
    for seed in 0..<10_000 as Range<UInt64> {
      var schedule = BudgetSchedule(seed: seed)
      schedule.run(steps: 24, oversettles: false)
      answers.formUnion(schedule.answers)
      if let problem = schedule.problems.first { Issue.record("seed \(seed): \(problem)") }
    }
    #expect(answers == ["admitted", "wait", "refused"])
  }

  /// A bill above its reservation counts in full, and what it takes is refused to others.
  @Test func billsAboveTheReservationAreCounted() {
    for seed in 20_000..<22_000 as Range<UInt64> {
      var schedule = BudgetSchedule(seed: seed)
      schedule.run(steps: 40, oversettles: true)
      if let problem = schedule.problems.first { Issue.record("seed \(seed): \(problem)") }
    }
  }

  @Test func survivesTheWayThroughJSON() throws {
    for seed in 30_000..<30_200 as Range<UInt64> {
      var schedule = BudgetSchedule(seed: seed)
      schedule.run(steps: 30, oversettles: false)
      var budget = schedule.budget
      budget.reserve(Self.dollars(5), for: CallID("open"), account: schedule.accounts.last?.id ?? .root)
      let text = try JSONValue.encoding(budget).text()
      #expect(try JSONValue(parsing: text).decode(Budget.self) == budget)
    }
  }

  @Test func saysWhichAccountRefusesAndWhy() {
    var budget = Budget(limit: BudgetLimit(cost: Money(microdollars: 100), tokens: 1_000))
    let child = TaskID("root.1")
    budget.open(child, parent: .root, limit: BudgetLimit(cost: Money(microdollars: 40), tokens: 50))
    #expect(budget.admission(of: Self.dollars(41), for: child) == .refused(.cost, account: child))
    #expect(budget.admission(of: Amount(tokens: 51), for: child) == .refused(.tokens, account: child))
    #expect(budget.admission(of: Self.dollars(101), for: .root) == .refused(.cost, account: .root))
    budget.reserve(Self.dollars(70), for: CallID("a"), account: .root)
    #expect(budget.admission(of: Self.dollars(31), for: child) == .wait)
    #expect(budget.admission(of: Self.dollars(30), for: child) == .admitted)
    budget.settle(CallID("a"), used: Self.dollars(70))
    #expect(budget.admission(of: Self.dollars(31), for: child) == .refused(.cost, account: .root))
  }

  @Test func aChildsLimitIsNeverAnAddition() {
    var budget = Budget(limit: BudgetLimit(cost: Money(microdollars: 100)))
    let (child, grandchild) = (TaskID("root.1"), TaskID("root.1.1"))
    budget.open(child, parent: .root, limit: BudgetLimit(cost: Money(microdollars: 60)))
    budget.open(grandchild, parent: child, limit: BudgetLimit(cost: Money(microdollars: 1_000)))
    #expect(budget.available(to: grandchild).cost == Money(microdollars: 60))
    #expect(budget.available(to: .root).cost == Money(microdollars: 100))
    #expect(budget.admission(of: Self.dollars(61), for: grandchild) == .refused(.cost, account: child))
    budget.reserve(Self.dollars(60), for: CallID("a"), account: grandchild)
    #expect(budget.available(to: .root).cost == Money(microdollars: 40))
    #expect(budget.session.reserved == Self.dollars(60))
    // Opening it again does not widen it.
    budget.open(child, parent: .root, limit: .none)
    #expect(budget.accounts[child]?.limit.cost == Money(microdollars: 60))
  }

  @Test func whatIsKeptBackIsForTheLastAnswerOnly() {
    let budget = Budget(
      limit: BudgetLimit(cost: Money(microdollars: 100), tokens: 100),
      holdback: Amount(cost: Money(microdollars: 20), tokens: 30))
    #expect(budget.admission(of: Self.dollars(81), for: .root) == .refused(.cost, account: .root))
    #expect(budget.admission(of: Self.dollars(80), for: .root) == .admitted)
    #expect(budget.admission(of: Self.dollars(100), for: .root, useHoldback: true) == .admitted)
    #expect(budget.admission(of: Amount(tokens: 71), for: .root) == .refused(.tokens, account: .root))
    #expect(budget.admission(of: Amount(tokens: 100), for: .root, useHoldback: true) == .admitted)
    let (free, all) = (budget.available(to: .root), budget.available(to: .root, useHoldback: true))
    #expect(free.cost == Money(microdollars: 80) && free.tokens == 70)
    #expect(all.cost == Money(microdollars: 100) && all.tokens == 100)
  }

  /// However deep and however wrong the tree, every call is charged to the session.
  @Test func noAccountEscapesTheSession() {
    var budget = Budget(limit: BudgetLimit(cost: Money(microdollars: 100)))
    var parent = TaskID.root
    for level in 1...100 {
      let child = TaskID("\(parent).1")
      budget.open(child, parent: parent)
      parent = child
      #expect(budget.admission(of: Self.dollars(101), for: child) == .refused(.cost, account: .root), "\(level)")
    }
    budget.open(TaskID("stray"), parent: TaskID("nobody"))
    budget.open(TaskID("self"), parent: TaskID("self"))
    for (index, account) in [parent, TaskID("stray"), TaskID("self"), TaskID("unknown")].enumerated() {
      budget.reserve(Self.dollars(1), for: CallID("\(index)"), account: account)
    }
    #expect(budget.session.reserved == Self.dollars(4))
  }

  @Test func noBillGivesMoneyBack() {
    var budget = Budget(limit: BudgetLimit(cost: Money(microdollars: 100), tokens: 100))
    budget.reserve(Amount(cost: Money(microdollars: 10), tokens: 10), for: CallID("a"), account: .root)
    budget.settle(CallID("a"), used: Amount(cost: Money(microdollars: -50), tokens: .min))
    #expect(budget.session.spent == .zero && budget.session.reserved == .zero)
    budget.settle(CallID("never reserved"), used: Self.dollars(1))
    #expect(budget.session.spent == .zero)
  }
}
