import SandboxCore

extension DecimalNumber {
  /// Nil for what is no number.
  init?(_ value: JSONValue) {
    switch value {
    case .int(let integer): self.init(String(integer))
    case .double(let double): self.init(double)
    case .decimal(let literal): self.init(literal)
    default: return nil
    }
  }

  /// Negative, zero or positive as this is less than, equal to or more than the other. Exponents that are too large to
  /// compute with are all taken for about the same.
  func order(to other: DecimalNumber) -> Int {
    if sign != other.sign { return sign < other.sign ? -1 : 1 }
    return sign * magnitudeOrder(to: other)
  }

  private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

  private func magnitudeOrder(to other: DecimalNumber) -> Int {
    let (length, otherLength) = (digits.count + exponent, other.digits.count + other.exponent)
    if length != otherLength { return length < otherLength ? -1 : 1 }
    // Without zeros at the end, the longer of two that begin alike is the larger.
    if digits.lexicographicallyPrecedes(other.digits) { return -1 }
    return digits == other.digits ? 0 : 1
  }
}
