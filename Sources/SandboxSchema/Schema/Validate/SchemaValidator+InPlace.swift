import SandboxCore

/// Rules that apply other schemas to the same value.
extension SchemaValidator {
  mutating func fitsInPlace(_ value: JSONValue, _ node: SchemaNode, _ depth: Int) -> Bool {
    var isFit = true
    for position in node.rules.inPlace.indices {
      if fits(value, node.rules.inPlace[position], node, depth) { continue }
      isFit = false
      if !goesOn { return false }
    }
    return isFit
  }

  private mutating func fits(_ value: JSONValue, _ rule: InPlaceRule, _ node: SchemaNode, _ depth: Int) -> Bool {
    switch rule {
    case .all(let schemas): fitsAll(value, schemas, depth)
    case .any(let schemas): fitsAny(value, schemas, node, depth)
    case .one(let schemas): fitsOne(value, schemas, node, depth)
    case .not(let schema, let shown): fitsNot(value, schema, shown, node, depth)
    case .condition(let condition, let then, let otherwise):
      fitsCondition(value, condition, then, otherwise, depth)
    case .dynamic(let anchor, let fallback): fits(value, dynamicTarget(anchor) ?? fallback, depth + 1)
    }
  }

  @inline(never)
  private mutating func fitsAll(_ value: JSONValue, _ schemas: [Int], _ depth: Int) -> Bool {
    var isFit = true
    for schema in schemas {
      if fits(value, schema, depth + 1) { continue }
      isFit = false
      if !goesOn { return false }
    }
    return isFit
  }

  @inline(never)
  private mutating func fitsAny(_ value: JSONValue, _ schemas: [Int], _ node: SchemaNode, _ depth: Int) -> Bool {
    var isFit = false
    for schema in schemas where fitsQuietly(value, schema, depth) {
      isFit = true
      // The others matter only for what they describe.
      if evaluated == nil { return true }
    }
    if isGivenUp { return false }
    if !isFit, isReporting { explainNone(of: schemas, value, node, "anyOf", depth) }
    return isFit
  }

  @inline(never)
  private mutating func fitsOne(_ value: JSONValue, _ schemas: [Int], _ node: SchemaNode, _ depth: Int) -> Bool {
    var count = 0
    for schema in schemas where fitsQuietly(value, schema, depth) {
      count += 1
      if count > 1, !isReporting { return false }
    }
    if isGivenUp { return false }
    if count == 0, isReporting { explainNone(of: schemas, value, node, "oneOf", depth) }
    if count > 1 {
      return report(node, "oneOf") { "fits \(count) alternatives, but must fit exactly one" }
    }
    return count == 1
  }

  private mutating func fitsNot(
    _ value: JSONValue, _ schema: Int, _ shown: String, _ node: SchemaNode, _ depth: Int
  ) -> Bool {
    let before = evaluated
    let isFit = fitsQuietly(value, schema, depth)
    evaluated = before
    if isGivenUp { return false }
    return isFit ? report(node, "not") { "must not fit \(shown)" } : true
  }

  private mutating func fitsCondition(
    _ value: JSONValue, _ condition: Int, _ then: Int?, _ otherwise: Int?, _ depth: Int
  ) -> Bool {
    let isMet = fitsQuietly(value, condition, depth)
    if isGivenUp { return false }
    guard let schema = isMet ? then : otherwise else { return true }
    return fits(value, schema, depth + 1)
  }

  /// The anchor's schema in the outermost resource that has one (core specification, 8.2.3.2).
  private mutating func dynamicTarget(_ anchor: Int) -> Int? {
    guard spend(resources.count >> 3) else { return nil }
    for resource in resources {
      if let target = program.dynamicAnchors[anchor][resource] { return target }
    }
    return nil
  }
}
