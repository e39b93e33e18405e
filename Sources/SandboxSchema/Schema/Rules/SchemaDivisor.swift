import SandboxCore

/// The number of `multipleOf`, of at most 19 digits: `significand` × 10^`exponent`.
struct SchemaDivisor: Sendable {
  let shown: String
  private let significand: UInt64
  private let exponent: Int

  /// Nil when it has too many digits, or none.
  init?(_ value: JSONValue) {
    guard let number = DecimalNumber(value), number.unbounded == nil, number.digits.count <= 19,
      let significand = UInt64(String(decoding: number.digits, as: UTF8.self)), significand > 0
    else { return nil }
    self.significand = significand
    exponent = number.exponent
    shown = value.briefText
  }

  /// Whether the number is this one times an integer, in decimals and so without any rounding.
  func divides(_ value: JSONValue) -> Bool {
    if exponent == 0, case .integer(let integer) = ExactNumber(value) {
      return integer.magnitude.isMultiple(of: significand)
    }
    guard let number = DecimalNumber(value), number.unbounded == nil else { return false }
    if number.digits.isEmpty { return true }
    // Its digits do not end in zero, so that they are no multiple of a number with one more factor of ten.
    guard number.exponent >= exponent else { return false }
    var remainder: UInt64 = 0
    for digit in number.digits {
      remainder = UInt64((UInt128(remainder) * 10 + UInt128(digit - 0x30)) % UInt128(significand))
    }
    return multiplied(remainder, powerOfTen(number.exponent - exponent)) == 0
  }

  private func multiplied(_ left: UInt64, _ right: UInt64) -> UInt64 {
    significand.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
  }

  /// 10^`power` modulo the significand, by squaring.
  private func powerOfTen(_ power: Int) -> UInt64 {
    var (result, factor, rest) = (1 % significand, 10 % significand, power)
    while rest > 0 {
      if rest & 1 == 1 { result = multiplied(result, factor) }
      factor = multiplied(factor, factor)
      rest >>= 1
    }
    return result
  }
}
