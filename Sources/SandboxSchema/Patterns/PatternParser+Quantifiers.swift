import SandboxCore

extension PatternParser {
  /// How often the atom before may come; nil when there is no quantifier.
  mutating func quantifier() throws(SandboxError) -> (minimum: Int, maximum: Int?)? {
    let bounds: (minimum: Int, maximum: Int?)
    switch next {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      bounds = try counts()
      _ = skip("?")
      return bounds
    default: return nil
    }
    advance()
    _ = skip("?")
    return bounds
  }

  private mutating func counts() throws(SandboxError) -> (minimum: Int, maximum: Int?) {
    let start = index
    advance()
    guard let minimum = number() else { throw incompleteCount(at: start) }
    var maximum: Int? = minimum
    if skip(",") { maximum = number() }
    guard skip("}") else { throw incompleteCount(at: start) }
    if let maximum, maximum < minimum { throw invalid("the counts of a repetition are out of order", at: start) }
    return (minimum, maximum)
  }

  private func incompleteCount(at start: Int) -> SandboxError {
    invalid(
      "a repetition must be {n}, {n,} or {n,m}; write \"\\{\" for the character itself", at: start)
  }

  /// Decimal digits; what is too large for any use stays at a large number.
  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = next, scalar >= "0", scalar <= "9" {
      value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000_000)
      advance()
    }
    return value
  }
}
