/// The one ledger of the session's money and tokens: a tree of accounts, and the reservations that are outstanding.
///
/// Every call reserves its worst case before it is sent and settles to what was used, so that at any moment
/// `spent + reserved <= limit` in every account from the task up to the session. A value: it changes only by applying
/// committed events, so a restart finds the same ledger again, and a call that was in flight stays charged.
package struct Budget: Sendable, Hashable, Codable {
  package private(set) var accounts: [TaskID: BudgetAccount]
  package private(set) var reservations: [CallID: Reservation] = [:]
  /// Kept back from ordinary calls for one last answer from what is known.
  package let holdback: Amount

  package struct Reservation: Sendable, Hashable, Codable {
    package let account: TaskID
    package let amount: Amount
  }

  package init(limit: BudgetLimit, holdback: Amount = .zero) {
    accounts = [.root: BudgetAccount(parent: nil, limit: limit)]
    self.holdback = holdback
  }

  package var session: BudgetAccount { accounts[.root] ?? BudgetAccount(parent: nil, limit: .none) }

  /// Opens a child account. It draws from its parent: its own limit can only be narrower, never an addition. An unknown
  /// parent counts as the session's own account, so that no account escapes the session's limit.
  package mutating func open(_ account: TaskID, parent: TaskID, limit: BudgetLimit = .none) {
    guard accounts[account] == nil else { return }
    accounts[account] = BudgetAccount(parent: accounts[parent] == nil ? .root : parent, limit: limit)
  }

  /// Whether `amount` fits every account from `account` up, and if not, whether waiting for others can help.
  ///
  /// - Parameter useHoldback: true for the last answer only, which may use what is kept back.
  package func admission(of amount: Amount, for account: TaskID, useHoldback: Bool = false) -> Admission {
    var waitFor = false
    for (id, entry) in path(from: account) {
      let kept = id == .root && !useHoldback ? holdback : .zero
      switch entry.room(for: amount, keeping: kept) {
      case .fits: continue
      case .fitsLater: waitFor = true
      case .never(let kind): return .refused(kind, account: id)
      }
    }
    return waitFor ? .wait : .admitted
  }

  package enum Admission: Sendable, Hashable {
    case admitted
    /// Outstanding reservations stand in the way; what they do not use comes back when they settle.
    case wait
    case refused(LimitKind, account: TaskID)
  }

  package mutating func reserve(_ amount: Amount, for call: CallID, account: TaskID) {
    guard reservations[call] == nil else { return }
    reservations[call] = Reservation(account: account, amount: amount)
    for (id, _) in path(from: account) { accounts[id]?.reserved += amount }
  }

  /// Replaces a reservation by what was really used, which may be more than was reserved: the provider's bill counts.
  /// A negative amount counts as nothing: no bill gives money back.
  package mutating func settle(_ call: CallID, used: Amount) {
    guard let reservation = reservations.removeValue(forKey: call) else { return }
    let used = Amount(cost: max(.zero, used.cost), tokens: max(0, used.tokens))
    for (id, _) in path(from: reservation.account) {
      accounts[id]?.reserved -= reservation.amount
      accounts[id]?.spent += used
    }
  }

  /// What is left for ordinary calls of this account: the narrowest along its path, nil where there is no limit.
  package func available(to account: TaskID, useHoldback: Bool = false) -> (cost: Money?, tokens: Int?) {
    var cost: Money?
    var tokens: Int?
    for (id, entry) in path(from: account) {
      let kept = id == .root && !useHoldback ? holdback : .zero
      let taken = entry.spent + entry.reserved + kept
      if let limit = entry.limit.cost { cost = min(cost ?? limit - taken.cost, limit - taken.cost) }
      if let limit = entry.limit.tokens { tokens = min(tokens ?? limit - taken.tokens, limit - taken.tokens) }
    }
    return (cost, tokens)
  }

  private func path(from account: TaskID) -> [(TaskID, BudgetAccount)] {
    var result: [(TaskID, BudgetAccount)] = []
    var next: TaskID? = accounts[account] == nil ? .root : account
    while let id = next, let entry = accounts[id], result.count < accounts.count {
      result.append((id, entry))
      next = entry.parent
    }
    return result
  }
}
