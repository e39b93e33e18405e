import SandboxCore

/// Numbers of tool results as text, without a detour that would change them.
enum OfflineNumber {
  /// Whole numbers exactly; others rounded to two decimals, or as they are below 1.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: return "(none)"
    case .string(let text): return text
    case .double(let number):
      guard number.isFinite, number.magnitude < 1e15 else { return value.text() }
      if Double(Int64(number)) == number { return String(Int64(number)) }
      return number.magnitude < 1 ? number.description : decimal(Int64((number * 100).rounded()), places: 2)
    default: return value.text()
    }
  }

  /// `part` of `whole` in percent, rounded half up to one decimal; nil when there is no such share.
  static func percent(_ part: JSONValue, of whole: JSONValue) -> String? {
    if case .int(let part) = part, case .int(let whole) = whole {
      guard whole > 0, part >= 0 else { return nil }
      return decimal(Int64(clamping: (Int128(part) * 2_000 + Int128(whole)) / (Int128(whole) * 2)), places: 1)
    }
    guard let part = part.doubleValue, let whole = whole.doubleValue, whole > 0, part >= 0, part / whole < 1e12 else {
      return nil
    }
    return decimal(Int64((part / whole * 1_000).rounded()), places: 1)
  }

  /// The sum, when all are whole and it fits.
  static func sum(_ values: [JSONValue]) -> Int64? {
    var sum: Int64 = 0
    for value in values {
      guard case .int(let number) = value else { return nil }
      let (next, overflow) = sum.addingReportingOverflow(number)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  private static func decimal(_ scaled: Int64, places: Int) -> String {
    let digits = String(scaled.magnitude)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(scaled < 0 ? "-" : "")\(padded.dropLast(places)).\(padded.suffix(places))"
  }
}
