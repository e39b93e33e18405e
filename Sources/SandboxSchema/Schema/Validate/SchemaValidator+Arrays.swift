import SandboxCore

extension SchemaValidator {
  mutating func fitsArray(_ elements: [JSONValue], _ node: SchemaNode, _ depth: Int) -> Bool {
    var isFit = fitsArrayAlone(elements, node, depth)
    if !isFit, !goesOn { return false }
    if !fitsElements(elements, node, depth) {
      isFit = false
      if !goesOn { return false }
    }
    if node.rules.arrays.contains != nil, !fitsContains(elements, node, depth) {
      isFit = false
      if !goesOn { return false }
    }
    if node.rules.arrays.unevaluated != nil, !fitsUnevaluated(elements, node, depth) { isFit = false }
    return isFit
  }

  @inline(never)
  private mutating func fitsArrayAlone(_ elements: [JSONValue], _ node: SchemaNode, _ depth: Int) -> Bool {
    var isFit = fitsCount(
      elements.count, node.rules.arrays.minimum ?? 0, node.rules.arrays.maximum ?? .max, "Items", "elements", node)
    if node.rules.arrays.isUnique, isFit || goesOn, let (first, second) = twins(in: elements, depth) {
      isFit = report(node, "uniqueItems") { "elements \(first) and \(second) are equal; each must be different" }
    }
    return isFit && !isGivenUp
  }

  /// `prefixItems` and `items`, or what they were in the older drafts.
  private mutating func fitsElements(_ elements: [JSONValue], _ node: SchemaNode, _ depth: Int) -> Bool {
    var isFit = true
    let described = min(node.rules.arrays.prefix.count, elements.count)
    for index in 0..<described {
      evaluated?.insert(index)
      if fits(elements[index], index: index, node.rules.arrays.prefix[index], depth) { continue }
      isFit = false
      if !goesOn { return false }
    }
    guard let others = node.rules.arrays.others, described < elements.count else { return isFit }
    for index in described..<elements.count {
      evaluated?.insert(index)
      if case .schema(let schema) = others.demand, !fits(elements[index], index: index, schema, depth) {
        isFit = false
        if !goesOn { return false }
      }
    }
    if case .nothing = others.demand {
      return report(node, others.keyword) { "has \(elements.count) elements; it must have at most \(described)" }
    }
    return isFit
  }

  private mutating func fitsContains(_ elements: [JSONValue], _ node: SchemaNode, _ depth: Int) -> Bool {
    guard let contains = node.rules.arrays.contains else { return true }
    var count = 0
    let wasReporting = isReporting
    isReporting = false
    for index in elements.indices where !isGivenUp {
      guard fits(elements[index], index: index, contains.schema, depth) else { continue }
      count += 1
      evaluated?.insert(index)
      if evaluated == nil, count >= contains.minimum, contains.maximum == nil { break }
    }
    isReporting = wasReporting
    if isGivenUp { return false }
    if count < contains.minimum {
      return report(node, contains.minimum == 1 ? "contains" : "minContains") {
        "has \(count) elements that fit \"contains\"; it must have at least \(contains.minimum)"
      }
    }
    if let maximum = contains.maximum, count > maximum {
      return report(node, "maxContains") {
        "has \(count) elements that fit \"contains\"; it must have at most \(maximum)"
      }
    }
    return true
  }

  private mutating func fitsUnevaluated(_ elements: [JSONValue], _ node: SchemaNode, _ depth: Int) -> Bool {
    guard let others = node.rules.arrays.unevaluated else { return true }
    var isFit = true
    for index in elements.indices where evaluated?.contains(index) == false {
      switch others.demand {
      case .anything: break
      case .nothing:
        isFit = report(node, others.keyword) { "element \(index) is not allowed; no schema describes it" }
      case .schema(let schema): if !fits(elements[index], index: index, schema, depth) { isFit = false }
      }
      if !isFit, !goesOn { return false }
      evaluated?.insert(index)
    }
    return isFit
  }
}
