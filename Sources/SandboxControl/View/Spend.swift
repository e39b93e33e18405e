package import SandboxCore

/// What a session has spent, against its limits.
package struct Spend: Sendable, Hashable {
  package var cost: Money = .zero
  /// Promised to calls that are under way.
  package var reserved: Money = .zero
  package var costLimit: Money?
  package var tokens = 0
  package var tokenLimit: Int?
  package var elapsed: Duration = .zero
  package var durationLimit: Duration?

  package init() {}

  package init(_ state: SessionState, elapsed: Duration) {
    let account = state.budget.session
    cost = account.spent.cost
    reserved = account.reserved.cost
    costLimit = account.limit.cost
    tokens = account.spent.tokens
    tokenLimit = account.limit.tokens
    self.elapsed = elapsed
    durationLimit = state.session?.limits.maxDuration
  }

  /// Money, tokens and time, each as `used of limit`.
  package var parts: [String] {
    var money = "\(cost)" + (costLimit.map { " of \($0)" } ?? "")
    if reserved > .zero { money += " (+\(reserved) in flight)" }
    let tokens = Self.grouped(tokens) + (tokenLimit.map { " of \(Self.grouped($0))" } ?? "") + " tokens"
    let time = Self.clock(elapsed) + (durationLimit.map { " of \(Self.clock($0))" } ?? "")
    return [money, tokens, time]
  }

  /// `1,234,567`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var result = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  /// `0:07`, `12:34` or `1:02:03`.
  static func clock(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
  }
}
