/// The exact value of a JSON number: `digits` × 10^`exponent`, in the one form without leading and trailing zeros,
/// so that two numbers are equal exactly when their forms are.
package struct DecimalNumber: Hashable, Sendable {
  package let isNegative: Bool
  /// ASCII digits; empty for zero.
  package let digits: [UInt8]
  package let exponent: Int
  /// Set when the exponent is too large to compute with. Such numbers are only equal to themselves as written.
  package let unbounded: String?

  private static let largestExponent = 1_000_000_000_000

  /// `nil` when `literal` is not a number by the grammar of RFC 8259, section 6.
  package init?(_ literal: String) {
    let text = Array(literal.utf8)
    var position = 0
    func byte() -> UInt8 { position < text.count ? text[position] : 0 }
    func takeDigits() -> ArraySlice<UInt8> {
      let start = position
      while byte() >= 0x30 && byte() <= 0x39 { position += 1 }
      return text[start..<position]
    }

    let isNegative = byte() == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let whole = takeDigits()
    guard let first = whole.first, first != UInt8(ascii: "0") || whole.count == 1 else { return nil }
    var fraction: ArraySlice<UInt8> = []
    if byte() == UInt8(ascii: ".") {
      position += 1
      fraction = takeDigits()
      if fraction.isEmpty { return nil }
    }
    var exponent = 0
    var isUnbounded = false
    if byte() | 0x20 == UInt8(ascii: "e") {
      position += 1
      let isBelowOne = byte() == UInt8(ascii: "-")
      if isBelowOne || byte() == UInt8(ascii: "+") { position += 1 }
      let written = takeDigits()
      if written.isEmpty { return nil }
      for digit in written where !isUnbounded {
        exponent = exponent * 10 + Int(digit - 0x30)
        isUnbounded = exponent > Self.largestExponent
      }
      if isBelowOne { exponent = -exponent }
    }
    guard position == text.count else { return nil }

    exponent -= fraction.count
    var digits = whole + fraction
    while digits.last == 0x30 {
      digits.removeLast()
      exponent += 1
    }
    digits = digits.drop { $0 == 0x30 }
    let isZero = digits.isEmpty
    self.isNegative = isNegative && !isZero
    self.digits = Array(digits)
    self.exponent = isZero ? 0 : exponent
    self.unbounded = isUnbounded && !isZero ? literal : nil
  }

  /// The value of the double's shortest text; `nil` when it is not finite.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    self.init(value.description)
  }

  package var isIntegral: Bool { exponent >= 0 }

  /// `nil` when it is not an integer or does not fit.
  package func integer<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? {
    guard unbounded == nil, exponent >= 0, exponent <= 40, digits.count <= 40 else { return nil }
    if digits.isEmpty { return 0 }
    return Integer(
      (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: exponent))
  }

  /// The one literal for this value.
  var literal: String {
    unbounded ?? (isNegative ? "-" : "") + (digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self))
      + "e\(exponent)"
  }
}
