import SandboxCore

/// One run of a compiled schema over a value.
struct SchemaValidator {
  private let nodes: [SchemaNode]
  private(set) var violations: [SchemaViolation] = []
  private var path: [String] = []
  private var steps = 0
  private var gaveUp = false

  private static let maximumSteps = 1_000_000
  private static let maximumDepth = 512

  init(nodes: [SchemaNode]) { self.nodes = nodes }

  mutating func check(_ value: JSONValue, against index: Int, depth: Int) {
    steps += 1
    guard !gaveUp else { return }
    guard depth < Self.maximumDepth, steps < Self.maximumSteps else {
      gaveUp = true
      // Said even when the list is full: the value has not been checked.
      violations.append(violation("is too deep or too large to be checked", nodes[index], ""))
      return
    }
    let node = nodes[index]
    for assertion in node.assertions {
      if isFull { return }
      check(value, assertion, node, depth)
    }
  }

  private var isFull: Bool { gaveUp || violations.count >= JSONSchema.maximumViolations }

  private mutating func check(
    _ value: JSONValue, _ assertion: SchemaNode.Assertion, _ node: SchemaNode, _ depth: Int
  ) {
    func add(_ message: String) { violations.append(violation(message, node, assertion.keyword)) }
    func addLength(_ count: Int, _ range: ClosedRange<Int>, _ unit: String) {
      if count < range.lowerBound { add("has \(count) \(unit); it must have at least \(range.lowerBound)") }
      if count > range.upperBound { add("has \(count) \(unit); it must have at most \(range.upperBound)") }
    }
    switch assertion.rule {
    case .never: add("nothing is allowed here")
    case .types(let types):
      if !types.contains(where: { $0.matches(value) }) {
        add("expected \(types.map(\.rawValue).joined(separator: " or ")), found \(value.typeName)")
      }
    case .oneOfValues(let values, let shown):
      if !values.contains(value.numericForm) { add("\(value.briefText) is not allowed; it must be \(shown)") }
    case .minimum(let bound, let isExclusive):
      guard value.isNumber else { return }
      let order = value.numericOrder(to: bound)
      if order < 0 || isExclusive && order == 0 {
        add("\(value.briefText) is too small; it must be \(isExclusive ? "more than" : "at least") \(bound.briefText)")
      }
    case .maximum(let bound, let isExclusive):
      guard value.isNumber else { return }
      let order = value.numericOrder(to: bound)
      if order > 0 || isExclusive && order == 0 {
        add("\(value.briefText) is too large; it must be \(isExclusive ? "less than" : "at most") \(bound.briefText)")
      }
    case .multiple(let divisor):
      guard value.isNumber else { return }
      if !(value.intValue.map { $0.isMultiple(of: divisor) } ?? false) {
        add("\(value.briefText) is not a multiple of \(divisor)")
      }
    case .length(let range):
      if let text = value.stringValue { addLength(text.unicodeScalars.count, range, "characters") }
    case .itemCount(let range): if let array = value.arrayValue { addLength(array.count, range, "elements") }
    case .memberCount(let range): if let object = value.objectValue { addLength(object.count, range, "properties") }
    case .uniqueItems: if let array = value.arrayValue, let twin = Self.twin(in: array) { add(twin) }
    case .items(let schema):
      for (index, element) in (value.arrayValue ?? []).enumerated() where !isFull {
        descend(String(index), element, schema, depth)
      }
    case .required(let names):
      guard let object = value.objectValue else { return }
      for name in names where !object.contains(key: name) && !isFull {
        path.append(name)
        violations.append(violation("is required", node, assertion.keyword))
        path.removeLast()
      }
    case .members(let members, let others):
      for (name, member) in value.objectValue ?? [:] where !isFull {
        if let schema = members[name] {
          descend(name, member, schema, depth)
        } else {
          checkOther(name, member, others, node, depth)
        }
      }
    case .all(let schemas): for schema in schemas where !isFull { check(value, against: schema, depth: depth + 1) }
    case .any(let schemas), .one(let schemas): checkAlternatives(value, schemas, assertion, node, depth)
    }
  }

  private mutating func descend(_ token: String, _ value: JSONValue, _ schema: Int, _ depth: Int) {
    path.append(token)
    check(value, against: schema, depth: depth + 1)
    path.removeLast()
  }

  private mutating func checkOther(
    _ name: String, _ value: JSONValue, _ others: SchemaRule.Others, _ node: SchemaNode, _ depth: Int
  ) {
    switch others {
    case .allowed: break
    case .forbidden(let known):
      let names = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
      path.append(String(name.prefix(100)))
      let expected = known.isEmpty ? "no properties are" : "allowed are \(names)"
      violations.append(violation("is not a known property; \(expected)", node, "additionalProperties"))
      path.removeLast()
    case .schema(let schema): descend(name, value, schema, depth)
    }
  }

  private mutating func checkAlternatives(
    _ value: JSONValue, _ schemas: [Int], _ assertion: SchemaNode.Assertion, _ node: SchemaNode, _ depth: Int
  ) {
    let before = violations
    var matching = 0
    var reasons: [String] = []
    for schema in schemas {
      violations = []
      check(value, against: schema, depth: depth + 1)
      if gaveUp { return }
      if let first = violations.first {
        reasons.append(first.description)
      } else {
        matching += 1
        if case .any = assertion.rule { break }
      }
    }
    violations = before
    if matching == 0 {
      let shown = reasons.prefix(3).joined(separator: "; or ")
      violations.append(
        violation("fits none of the \(schemas.count) alternatives: \(shown)", node, assertion.keyword))
    } else if matching > 1, case .one = assertion.rule {
      violations.append(
        violation("fits \(matching) alternatives, but must fit exactly one", node, assertion.keyword))
    }
  }

  private static func twin(in array: [JSONValue]) -> String? {
    var seen: [JSONValue: Int] = [:]
    for (index, element) in array.enumerated() {
      if let first = seen.updateValue(index, forKey: element.numericForm) {
        return "elements \(first) and \(index) are equal; each must be different"
      }
    }
    return nil
  }

  private func violation(_ message: String, _ node: SchemaNode, _ keyword: String) -> SchemaViolation {
    SchemaViolation(
      instancePointer: JSONPointer(tokens: path),
      schemaPointer: keyword.isEmpty ? node.pointer : node.pointer.appending(key: keyword), message: message)
  }
}

extension JSONValue {
  /// Negative, zero or positive as this number is less than, equal to or more than the other. Integers are compared
  /// exactly; what is beyond the range of a double counts as endless.
  fileprivate func numericOrder(to other: JSONValue) -> Int {
    if case .int(let left) = self, case .int(let right) = other { return left < right ? -1 : left > right ? 1 : 0 }
    if isNumericallyEqual(to: other) { return 0 }
    return approximation < other.approximation ? -1 : 1
  }

  private var approximation: Double {
    doubleValue ?? (text().hasPrefix("-") ? -Double.infinity : .infinity)
  }
}
