import SandboxCore

/// Rules about the value itself, which need no other schema.
extension SchemaValidator {
  @inline(never)
  mutating func fitsAlone(_ value: JSONValue, _ node: SchemaNode) -> Bool {
    if node.rules.isNever { return report(node, "") { "nothing is allowed here" } }
    var isFit = true
    if let types = node.rules.types, !types.matches(value) {
      isFit = report(node, "type") { "expected \(types), found \(value.typeName)" }
    }
    if !node.rules.constants.isEmpty, isFit || goesOn { isFit = fitsConstants(value, node) && isFit }
    guard isFit || goesOn else { return false }
    switch value {
    case .int, .double, .decimal: return fitsNumber(value, node) && isFit
    case .string(let text): return fitsString(text, node) && isFit
    default: return isFit
    }
  }

  private mutating func fitsConstants(_ value: JSONValue, _ node: SchemaNode) -> Bool {
    var isFit = true
    for constants in node.rules.constants {
      guard spend(value.comparisonCost) else { return false }
      if constants.contains(value) ?? constants.composites.contains(where: { isSame(value, $0, 0) }) { continue }
      isFit = report(node, constants.keyword) {
        "\(value.briefText) is not allowed; it must be \(constants.shown)"
      }
    }
    return isFit
  }

  private mutating func fitsNumber(_ value: JSONValue, _ node: SchemaNode) -> Bool {
    var isFit = true
    for bound in node.rules.numbers.bounds {
      guard spend(value.comparisonCost + bound.value.comparisonCost) else { return false }
      if bound.allows(value) { continue }
      let isLower = bound.relation == .atLeast || bound.relation == .moreThan
      isFit = report(node, bound.keyword) {
        "\(value.briefText) is too \(isLower ? "small" : "large"); it must be \(bound.relation.rawValue) "
          + bound.value.briefText
      }
    }
    guard let divisor = node.rules.numbers.divisor else { return isFit }
    guard spend(value.comparisonCost + 4) else { return false }
    if divisor.divides(value) { return isFit }
    return report(node, "multipleOf") { "\(value.briefText) is not a multiple of \(divisor.shown)" }
  }

  private mutating func fitsString(_ text: String, _ node: SchemaNode) -> Bool {
    var isFit = true
    if node.rules.strings.minimum != nil || node.rules.strings.maximum != nil {
      isFit = fitsLength(text, node)
      if !isFit, !goesOn { return false }
    }
    if let pattern = node.rules.strings.pattern, !isFound(pattern, in: text), !isGivenUp {
      isFit = report(node, "pattern") {
        "\(JSONValue.string(text).briefText) does not match the pattern \(JSONValue.string(pattern.source).briefText)"
      }
    }
    return isFit && !isGivenUp
  }

  private mutating func fitsLength(_ text: String, _ node: SchemaNode) -> Bool {
    let (minimum, maximum) = (node.rules.strings.minimum ?? 0, node.rules.strings.maximum ?? .max)
    // A scalar is one to four bytes, which often says enough.
    let bytes = text.utf8.count
    if bytes >> 2 >= minimum, bytes <= maximum { return true }
    guard spend(bytes >> 6) else { return false }
    return fitsCount(text.unicodeScalars.count, minimum, maximum, "Length", "characters", node)
  }

  /// The keywords are `min…` and `max…`.
  mutating func fitsCount(
    _ count: Int, _ minimum: Int, _ maximum: Int, _ keyword: String, _ unit: String, _ node: SchemaNode
  ) -> Bool {
    var isFit = true
    if count < minimum {
      isFit = report(node, "min\(keyword)") { "has \(count) \(unit); it must have at least \(minimum)" }
    }
    if count > maximum {
      isFit = report(node, "max\(keyword)") { "has \(count) \(unit); it must have at most \(maximum)" }
    }
    return isFit
  }
}
