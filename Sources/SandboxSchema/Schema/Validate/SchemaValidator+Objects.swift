import SandboxCore

extension SchemaValidator {
  mutating func fitsObject(_ object: JSONObject, _ node: SchemaNode, _ depth: Int) -> Bool {
    guard spend((object.count + node.rules.objects.required.count) >> 1) else { return false }
    var isFit = fitsObjectAlone(object, node)
    if !isFit, !goesOn { return false }
    if !fitsProperties(object, node, depth) {
      isFit = false
      if !goesOn { return false }
    }
    if node.rules.objects.names != nil, !fitsNames(object, node, depth) {
      isFit = false
      if !goesOn { return false }
    }
    if !node.rules.objects.dependentSchemas.isEmpty, !fitsDependentSchemas(object, node, depth) {
      isFit = false
      if !goesOn { return false }
    }
    if node.rules.objects.unevaluated != nil, !fitsUnevaluated(object, node, depth) { isFit = false }
    return isFit
  }

  @inline(never)
  private mutating func fitsObjectAlone(_ object: JSONObject, _ node: SchemaNode) -> Bool {
    var isFit = fitsCount(
      object.count, node.rules.objects.minimum ?? 0, node.rules.objects.maximum ?? .max, "Properties", "properties",
      node)
    for name in node.rules.objects.required where !object.contains(key: name) {
      isFit = report(name, node, "required") { "is required" }
      if !goesOn { return false }
    }
    for (name, required) in node.rules.objects.dependentNames where object.contains(key: name) {
      guard spend(required.count) else { return false }
      for other in required where !object.contains(key: other) {
        isFit = report(other, node, node.rules.objects.dependencyKeyword) {
          "is required when \(JSONValue.string(name).briefText) is there"
        }
        if !goesOn { return false }
      }
    }
    return isFit
  }

  /// `properties`, `patternProperties` and `additionalProperties`.
  private mutating func fitsProperties(_ object: JSONObject, _ node: SchemaNode, _ depth: Int) -> Bool {
    if node.rules.objects.properties.isEmpty, node.rules.objects.patterns.isEmpty, node.rules.objects.others == nil {
      return true
    }
    var isFit = true
    var position = 0
    for (name, value) in object {
      var isDescribed = false
      if let schema = node.rules.objects.properties[JSONKey(name)] {
        isDescribed = true
        if !fits(value, key: name, schema, depth) { isFit = false }
      }
      let (fitsRest, isDescribedThere) = fitsPatternsAndOthers(value, name, isDescribed, node, depth)
      if !fitsRest { isFit = false }
      if isDescribedThere { isDescribed = true }
      if !isFit || isGivenUp, !goesOn { return false }
      if isDescribed { evaluated?.insert(position) }
      position += 1
    }
    return isFit
  }

  /// What applies to a property beside its own schema, if it has one, and whether anything does. A function of its own,
  /// like others here, to keep the frames of the recursion small.
  @inline(never)
  private mutating func fitsPatternsAndOthers(
    _ value: JSONValue, _ name: String, _ isDeclared: Bool, _ node: SchemaNode, _ depth: Int
  ) -> (isFit: Bool, isDescribed: Bool) {
    var (isFit, isDescribed) = (true, false)
    for (pattern, schema) in node.rules.objects.patterns where isFound(pattern, in: name) {
      isDescribed = true
      if !fits(value, key: name, schema, depth) { isFit = false }
    }
    guard !isDeclared, !isDescribed, let others = node.rules.objects.others else { return (isFit, isDescribed) }
    switch others.demand {
    case .anything: break
    case .nothing: isFit = report(name, node, others.keyword) { Self.notKnown(node.rules.objects.knownNames) }
    case .schema(let schema): isFit = fits(value, key: name, schema, depth)
    }
    return (isFit, true)
  }

  private static func notKnown(_ known: [String]) -> String {
    if known.isEmpty { return "is not a known property; no properties are" }
    let names = known.prefix(20).map { String($0.unicodeScalars.prefix(100)) }.joined(separator: ", ")
    return "is not a known property; allowed are \(names)\(known.count > 20 ? ", …" : "")"
  }

  private mutating func fitsNames(_ object: JSONObject, _ node: SchemaNode, _ depth: Int) -> Bool {
    guard let schema = node.rules.objects.names else { return true }
    var isFit = true
    for (name, _) in object {
      let before = violations
      if fits(.string(name), key: name, schema, depth) { continue }
      isFit = false
      if isReporting, !isGivenUp, let reason = violations.dropFirst(before.count).first {
        violations = before
        _ = report(name, node, "propertyNames") { "the name is not allowed: \(reason.message)" }
      }
      if !goesOn { return false }
    }
    return isFit
  }

  private mutating func fitsDependentSchemas(_ object: JSONObject, _ node: SchemaNode, _ depth: Int) -> Bool {
    var isFit = true
    for (name, schema) in node.rules.objects.dependentSchemas where object.contains(key: name) {
      if fits(.object(object), schema, depth + 1) { continue }
      isFit = false
      if !goesOn { return false }
    }
    return isFit
  }

  private mutating func fitsUnevaluated(_ object: JSONObject, _ node: SchemaNode, _ depth: Int) -> Bool {
    guard let others = node.rules.objects.unevaluated else { return true }
    var isFit = true
    for (position, (name, value)) in object.enumerated() where evaluated?.contains(position) == false {
      switch others.demand {
      case .anything: break
      case .nothing:
        isFit = report(name, node, others.keyword) { "is not allowed; no schema describes this property" }
      case .schema(let schema): if !fits(value, key: name, schema, depth) { isFit = false }
      }
      if !isFit, !goesOn { return false }
      evaluated?.insert(position)
    }
    return isFit
  }
}
