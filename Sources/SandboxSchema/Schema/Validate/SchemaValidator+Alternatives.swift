import SandboxCore

extension SchemaValidator {
  /// How far a value is from an alternative.
  private enum Distance: Int, Comparable {
    /// Something inside is wrong.
    case near
    /// A property that tells alternatives apart, as `{"kind": {"const": …}}`, names another one.
    case otherKind
    /// It is another type or constant altogether.
    case otherType

    static func < (left: Distance, right: Distance) -> Bool { left.rawValue < right.rawValue }
  }

  private struct Attempt {
    let position: Int
    let distance: Distance
    let violations: [SchemaViolation]

    func isBetter(than other: Attempt) -> Bool {
      (distance.rawValue, violations.count) < (other.distance.rawValue, other.violations.count)
    }
  }

  /// Reports a value that fits no alternative: what is wrong by the one that it fits best, or that it is like none.
  @inline(never)
  mutating func explainNone(
    of schemas: [Int], _ value: JSONValue, _ node: SchemaNode, _ keyword: String, _ depth: Int
  ) {
    guard goesOn else { return }
    let before = violations
    var best: Attempt?
    var distances: [Distance] = []
    var reasons: [String] = []
    for (position, schema) in schemas.enumerated() {
      let attempt = attempt(value, schema, position, depth)
      if isGivenUp { break }
      if reasons.count < 3, let first = attempt.violations.first { reasons.append(first.description) }
      distances.append(attempt.distance)
      if best.map(attempt.isBetter) ?? true { best = attempt }
    }
    violations = before
    guard let best, !isGivenUp else { return }
    if best.distance == .otherType {
      let shown = reasons.joined(separator: "; or ")
      _ = report(node, keyword) { "fits none of the \(schemas.count) alternatives: \(shown)" }
      return
    }
    if distances.filter({ $0 == best.distance }).count > 1 {
      _ = report(node, keyword) {
        "fits none of the \(schemas.count) alternatives; number \(best.position + 1) is nearest"
      }
    }
    violations += best.violations.prefix(JSONSchema.maximumViolations - violations.count)
  }

  private mutating func attempt(_ value: JSONValue, _ schema: Int, _ position: Int, _ depth: Int) -> Attempt {
    violations = []
    let before = evaluated
    _ = fits(value, schema, depth + 1)
    evaluated = before
    let here = instancePointer.tokens.count
    var distance = Distance.near
    for violation in violations {
      switch (violation.keyword, violation.instancePointer.tokens.count - here) {
      case ("", 0), ("type", 0), ("const", 0), ("enum", 0): distance = .otherType
      case ("const", 1), ("enum", 1): distance = max(distance, .otherKind)
      default: break
      }
    }
    return Attempt(position: position, distance: distance, violations: violations)
  }
}
