import SandboxCore

/// How often a tool may be called, what it costs, and what a call of it means.
extension ManifestReader {
  private static let rates = 1...1_000_000

  mutating func readRateLimit() -> ToolDefinition.RateLimit? {
    guard let (path, value) = first([["metadata", "rateLimit"], ["rateLimit"]]) else { return nil }
    if value.isNumber {
      guard let perMinute = integer(value, path, in: Self.rates) else { return nil }
      let burst = max(1, perMinute / 6)
      warning(path, "a number is read as {\"requestsPerMinute\": \(perMinute), \"burst\": \(burst)}; write that")
      return ToolDefinition.RateLimit(requestsPerMinute: perMinute, burst: burst)
    }
    guard value.objectValue != nil else {
      problem(path, "must be {requestsPerMinute, burst} or a number, not \(value.typeName)")
      return nil
    }
    let place = path + ["requestsPerMinute"]
    if self.value(place) == nil { problem(place, "is missing; it must be an integer from 1 to 1000000") }
    let burst = integer(path + ["burst"], in: Self.rates)
    let onExceeded: ToolDefinition.RateLimit.Excess? = choice(path + ["onExceeded"])
    guard let perMinute = integer(place, in: Self.rates) else { return nil }
    return ToolDefinition.RateLimit(
      requestsPerMinute: perMinute, burst: burst ?? max(1, perMinute / 6), onExceeded: onExceeded)
  }

  mutating func readBreaker() -> ToolDefinition.Breaker? {
    let path = ["metadata", "circuitBreaker"]
    guard object(path, "{failures, coolDownMs}") != nil else { return nil }
    let standard = ToolDefinition.Breaker.standard
    return ToolDefinition.Breaker(
      failures: integer(path + ["failures"], in: 1...1000) ?? standard.failures,
      coolDown: milliseconds(path + ["coolDownMs"]) ?? standard.coolDown)
  }

  mutating func readHedge() -> Duration? {
    let path = ["metadata", "hedge"]
    guard object(path, "{afterMs}") != nil else { return nil }
    if value(path + ["afterMs"]) == nil {
      problem(path + ["afterMs"], "is missing; it must be milliseconds after which a second attempt starts")
    }
    if value(["effect"])?.stringValue != ToolEffect.pure.rawValue {
      warning(path, "has no effect: only a tool whose effect is \"pure\" may be called twice at once")
    }
    return milliseconds(path + ["afterMs"])
  }

  mutating func readCost() -> Money {
    guard let (path, value) = first([["metadata", "costEstimate"], ["costEstimate"]]) else { return .zero }
    if value.isNumber {
      warning(path, "a number is read as {\"perRequest\": \(value.briefText), \"currency\": \"USD\"}; write that")
      return money(value, path)
    }
    guard value.objectValue != nil else {
      problem(path, "must be {perRequest, currency} or a number, not \(value.typeName)")
      return .zero
    }
    if let currency = self.value(path + ["currency"]), currency != "USD" {
      problem(path + ["currency"], "must be \"USD\", not \(currency.briefText)")
    }
    guard let amount = self.value(path + ["perRequest"]) else {
      problem(path + ["perRequest"], "is missing; it must be US dollars a call")
      return .zero
    }
    return money(amount, path + ["perRequest"])
  }

  private mutating func money(_ value: JSONValue, _ path: [String]) -> Money {
    guard value.isNumber, let dollars = value.doubleValue, (0...1_000_000).contains(dollars) else {
      problem(path, "must be US dollars from 0 to 1000000, not \(value.briefText)")
      return .zero
    }
    // A fraction of a micro-dollar is rounded up; the subtraction only takes off what binary fractions add.
    return Money(microdollars: Int64((dollars * 1_000_000 - 1e-6).rounded(.up)))
  }

  mutating func readEffect() -> ToolEffect? { choice(["effect"]) }

  mutating func readApproval() -> ToolApproval? { choice(["approval"]) }
}
