import SandboxCore

extension ConfigurationReader {
  /// A positive whole number up to `maximum`. The environment may only lower what the session configuration allows.
  mutating func limit(_ variable: Variable, _ path: String..., maximum: Int64) -> Int64? {
    var fromVariable: Int64?
    if let text = text(variable) {
      fromVariable = Self.wholeNumber(text, maximum: maximum)
      if fromVariable == nil {
        problem(variable.rawValue, "'\(text.shortened)' is not a whole number from 1 to \(maximum)")
      }
    }
    let fromDocument = documentLimit(path, maximum: maximum)
    if let fromVariable, let fromDocument, fromVariable > fromDocument {
      warnings.append(
        "\(variable.rawValue)=\(fromVariable) is more than the session configuration allows; \(fromDocument) holds")
    }
    return [fromVariable, fromDocument].compactMap { $0 }.min()
  }

  mutating func documentLimit(_ path: String..., maximum: Int64) -> Int64? { documentLimit(path, maximum: maximum) }

  private mutating func documentLimit(_ path: [String], maximum: Int64) -> Int64? {
    guard let (value, place) = documentValue(path) else { return nil }
    if let number = value.intValue, number >= 1, number <= maximum { return Int64(number) }
    problem(place, "\(value.text(.compact).shortened) is not a whole number from 1 to \(maximum)")
    return nil
  }

  /// A positive amount in US dollars, as `0.10`; exact to the micro-dollar.
  mutating func money(_ variable: Variable, _ path: String...) -> Money? {
    var fromVariable: Money?
    if let text = text(variable) {
      fromVariable = Self.money(text)
      if fromVariable == nil {
        problem(variable.rawValue, "'\(text.shortened)' is not an amount in US dollars, as 0.10, up to 1000000")
      }
    }
    var fromDocument: Money?
    if let (value, place) = documentValue(path) {
      if let dollars = value.doubleValue, dollars > 0, dollars <= 1_000_000, let money = Money(dollars: dollars),
        // A limit is never rounded into another one; only the noise of binary fractions is.
        money > .zero, abs(money.dollars - dollars) <= dollars * 1e-9
      {
        fromDocument = money
      } else {
        problem(place, "\(value.text(.compact).shortened) is not an amount in US dollars above 0, up to 1000000")
      }
    }
    if let fromVariable, let fromDocument, fromVariable > fromDocument {
      warnings.append(
        "\(variable.rawValue) is more than the session configuration allows; \(fromDocument) holds")
    }
    return [fromVariable, fromDocument].compactMap { $0 }.min()
  }

  /// Digits only: no sign, space, hexadecimal or exponent, so that nothing is read otherwise than it looks.
  static func wholeNumber(_ text: String, maximum: Int64) -> Int64? {
    guard !text.isEmpty, text.utf8.count <= 19, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let number = Int64(text), number >= 1, number <= maximum
    else { return nil }
    return number
  }

  static func money(_ text: String) -> Money? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 7,
      whole.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let dollars = Int64(whole)
    else { return nil }
    var fraction = parts.count == 2 ? String(parts[1]) : "0"
    guard !fraction.isEmpty, fraction.utf8.count <= 6, fraction.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
      return nil
    }
    fraction += String(repeating: "0", count: 6 - fraction.utf8.count)
    let money = Money(microdollars: dollars * 1_000_000 + (Int64(fraction) ?? 0))
    return money > .zero && money <= Money(microdollars: 1_000_000_000_000) ? money : nil
  }
}
