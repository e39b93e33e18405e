import SandboxCore

/// A number by what it amounts to: `1`, `1.0` and `1e0` are equal.
enum ExactNumber: Hashable, Sendable {
  case integer(Int64)
  /// What is no integer, where a double says it exactly.
  case fraction(Double)
  case other(DecimalNumber)

  /// Nil for what is no number, and for a number that JSON cannot say.
  init?(_ value: JSONValue) {
    if case .int(let integer) = value {
      self = .integer(integer)
      return
    }
    if case .double(let double) = value, double.magnitude < 0x1p53 {
      self = Int64(exactly: double).map(ExactNumber.integer) ?? .fraction(double)
      return
    }
    guard let decimal = DecimalNumber(value) else { return nil }
    if let integer: Int64 = decimal.integer() {
      self = .integer(integer)
    } else if !decimal.isIntegral, let double = value.doubleValue, DecimalNumber(double) == decimal {
      self = .fraction(double)
    } else {
      self = .other(decimal)
    }
  }
}

extension JSONValue {
  /// Negative, zero or positive as this number is less than, equal to or more than the other, exactly; nil when one of
  /// them is no number.
  func numericOrder(to other: JSONValue) -> Int? {
    if case .int(let left) = self, case .int(let right) = other { return left < right ? -1 : left > right ? 1 : 0 }
    // Below 2^53 an integer is a double, and doubles are in the order of their shortest texts.
    if let left = smallDouble, let right = other.smallDouble { return left < right ? -1 : left > right ? 1 : 0 }
    guard let left = DecimalNumber(self), let right = DecimalNumber(other) else { return nil }
    return left.order(to: right)
  }

  private var smallDouble: Double? {
    switch self {
    case .int(let value): value.magnitude <= 1 << 53 ? Double(value) : nil
    case .double(let value): value.isFinite ? value : nil
    default: nil
    }
  }
}
