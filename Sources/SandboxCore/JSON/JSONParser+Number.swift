extension JSONParser {
  /// Reads a number; the next byte is a digit or `-`.
  mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    let isNegative = byte == UInt8(ascii: "-")
    if isNegative { position += 1 }

    var significand: UInt64 = 0
    let whole = position
    takeDigits(into: &significand)
    guard position > whole else { throw failure("expected a digit, found \(found)") }
    if text[whole] == UInt8(ascii: "0"), position - whole > 1 {
      throw JSONSyntaxError(offset: whole, problem: "a number must not begin with 0")
    }
    var digits = position - whole

    let isInteger: Bool
    var exponent = 0
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      isInteger = false
      if byte == UInt8(ascii: ".") {
        position += 1
        let fraction = position
        takeDigits(into: &significand)
        guard position > fraction else { throw failure("expected a digit after \".\", found \(found)") }
        exponent = fraction - position
        digits += position - fraction
      }
      exponent += try takeExponent()
    default: isInteger = true
    }

    if isInteger {
      // 19 digits cannot overflow the significand.
      if digits <= 19 {
        if isNegative, significand <= Int64.min.magnitude { return .int(Int64(truncatingIfNeeded: 0 &- significand)) }
        if !isNegative, significand <= Int64.max.magnitude { return .int(Int64(significand)) }
      }
      return .decimal(literal(from: start))
    }
    // Both the digits and the power of ten are exact doubles, so one operation gives the nearest double; and every
    // decimal of 15 digits is the shortest text of its double.
    if digits <= 15, exponent.magnitude <= 22 {
      let power = Self.powersOfTen[Int(exponent.magnitude)]
      let value = exponent < 0 ? Double(significand) / power : Double(significand) * power
      return .double(isNegative ? -value : value)
    }
    let literal = literal(from: start)
    if digits <= 19, let value = Double(literal), Self.isShortest(significand, exponent, for: value) {
      return .double(value)
    }
    return Self.exactNumber(literal)
  }

  private func literal(from start: Int) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: text[start..<position]), as: UTF8.self)
  }

  /// The double whose shortest text has the same value as `literal`, or else the literal itself.
  private static func exactNumber(_ literal: String) -> JSONValue {
    guard let number = DecimalNumber(literal) else { return .decimal(literal) }
    if number.digits.isEmpty { return .double(literal.utf8.first == UInt8(ascii: "-") ? -0.0 : 0.0) }
    // No double has a longer shortest text, so a literal of a million digits is never computed with.
    guard number.digits.count <= 17, number.unbounded == nil, let value = Double(number.literal),
      DecimalNumber(value) == number
    else { return .decimal(literal) }
    return .double(value)
  }

  /// Whether `significand` × 10^`exponent` is what the shortest text of `value` says, leaving the sign aside.
  private static func isShortest(_ significand: UInt64, _ exponent: Int, for value: Double) -> Bool {
    guard value.isFinite else { return false }
    var shortest: UInt64 = 0
    var written = 0
    var isFraction = false
    var isExponent = false
    var isBelowOne = false
    var places = 0
    for byte in value.description.utf8 {
      switch byte {
      case 0x30...0x39 where isExponent: written = written * 10 + Int(byte - 0x30)
      case 0x30...0x39:
        shortest = shortest &* 10 &+ UInt64(byte - 0x30)
        if isFraction { places += 1 }
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"): isExponent = true
      case UInt8(ascii: "-"): isBelowOne = isExponent
      default: break
      }
    }
    return normalized(shortest, (isBelowOne ? -written : written) - places) == normalized(significand, exponent)
  }

  private static func normalized(_ significand: UInt64, _ exponent: Int) -> (UInt64, Int) {
    guard significand != 0 else { return (0, 0) }
    var (significand, exponent) = (significand, exponent)
    while significand.isMultiple(of: 10) {
      significand /= 10
      exponent += 1
    }
    return (significand, exponent)
  }

  @inline(__always)
  private mutating func takeDigits(into significand: inout UInt64) {
    while case let digit = byte &- 0x30, digit < 10 {
      significand = significand &* 10 &+ UInt64(digit)
      position += 1
    }
  }

  /// Reads the exponent if there is one. A huge one is cut to what is still far beyond every double.
  private mutating func takeExponent() throws(JSONSyntaxError) -> Int {
    guard byte | 0x20 == UInt8(ascii: "e") else { return 0 }
    position += 1
    let isNegative = byte == UInt8(ascii: "-")
    if isNegative || byte == UInt8(ascii: "+") { position += 1 }
    let start = position
    var exponent = 0
    while case let digit = byte &- 0x30, digit < 10 {
      exponent = min(exponent * 10 + Int(digit), 1_000_000_000_000)
      position += 1
    }
    guard position > start else { throw failure("expected a digit in the exponent, found \(found)") }
    return isNegative ? -exponent : exponent
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
