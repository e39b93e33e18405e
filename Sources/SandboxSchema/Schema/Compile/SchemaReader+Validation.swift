import SandboxCore

extension SchemaReader {
  mutating func readValidation(
    _ keyword: String, _ value: JSONValue, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) {
    switch keyword {
    case "type": rules.types = try types(value, compiler)
    case "enum":
      guard let values = value.arrayValue else { throw problem(keyword, "must be a list of values", compiler) }
      let shown = values.prefix(20).map(\.briefText).joined(separator: ", ") + (values.count > 20 ? ", …" : "")
      try addConstants(keyword, values, shown: "one of \(values.isEmpty ? "none" : shown)", &compiler)
    case "const": try addConstants(keyword, [value], shown: value.briefText, &compiler)
    case "minimum":
      try addBound(keyword, value, object["exclusiveMinimum"] == true ? .moreThan : .atLeast, compiler)
    case "maximum":
      try addBound(keyword, value, object["exclusiveMaximum"] == true ? .lessThan : .atMost, compiler)
    // Booleans, which belong to draft-04, speak of the other keyword.
    case "exclusiveMinimum": if value.boolValue == nil { try addBound(keyword, value, .moreThan, compiler) }
    case "exclusiveMaximum": if value.boolValue == nil { try addBound(keyword, value, .lessThan, compiler) }
    case "multipleOf": rules.numbers.divisor = try divisor(value, compiler)
    case "minLength": rules.strings.minimum = try count(value, keyword, compiler)
    case "maxLength": rules.strings.maximum = try count(value, keyword, compiler)
    case "pattern": rules.strings.pattern = try pattern(value, [keyword], &compiler)
    case "minItems": rules.arrays.minimum = try count(value, keyword, compiler)
    case "maxItems": rules.arrays.maximum = try count(value, keyword, compiler)
    case "uniqueItems":
      guard let isUnique = value.boolValue else { throw problem(keyword, "must be true or false", compiler) }
      rules.arrays.isUnique = isUnique
    case "minProperties": rules.objects.minimum = try count(value, keyword, compiler)
    case "maxProperties": rules.objects.maximum = try count(value, keyword, compiler)
    case "required": rules.objects.required = try names(value, [keyword], &compiler)
    case "dependentRequired" where !dialect.isOlder:
      for (name, required) in try members(value, keyword, compiler) {
        rules.objects.dependentNames.append((name, try names(required, [keyword, name], &compiler)))
      }
    default: break
    }
  }

  private func types(_ value: JSONValue, _ compiler: SchemaCompiler) throws(SchemaProblem) -> SchemaTypes {
    var types: SchemaTypes = []
    for name in value.arrayValue ?? [value] {
      guard let type = name.stringValue.flatMap(SchemaTypes.init(name:)) else {
        throw problem("type", "\(name.briefText) is not a type; types are \(SchemaTypes.allNames)", compiler)
      }
      types.formUnion(type)
    }
    if types.isEmpty { throw problem("type", "must name a type", compiler) }
    return types
  }

  private mutating func addConstants(
    _ keyword: String, _ values: [JSONValue], shown: String, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) {
    guard !values.contains(where: { $0.isNested(deeperThan: JSONSchema.maximumDepth) }) else {
      throw SchemaProblem(
        compiler.store.pointer(of: site).appending(key: keyword),
        "has a value that is nested deeper than \(JSONSchema.maximumDepth) levels", isUnsupported: true)
    }
    try compiler.store.spend(values.count, at: site)
    rules.constants.append(SchemaConstants(keyword: keyword, values: values, shown: shown))
  }

  private mutating func addBound(
    _ keyword: String, _ value: JSONValue, _ relation: NumberRules.Bound.Relation, _ compiler: SchemaCompiler
  ) throws(SchemaProblem) {
    guard value.isNumber else { throw problem(keyword, "must be a number, not \(value.typeName)", compiler) }
    rules.numbers.bounds.append(.init(keyword: keyword, relation: relation, value: value))
  }

  private func divisor(_ value: JSONValue, _ compiler: SchemaCompiler) throws(SchemaProblem) -> SchemaDivisor {
    guard value.isNumber, value.numericOrder(to: 0) == 1 else {
      throw problem("multipleOf", "must be a number above 0", compiler)
    }
    guard let divisor = SchemaDivisor(value) else {
      throw SchemaProblem(
        compiler.store.pointer(of: site).appending(key: "multipleOf"),
        "\(value.briefText) has more than 19 digits, which is not supported", isUnsupported: true)
    }
    return divisor
  }

  func count(_ value: JSONValue, _ keyword: String, _ compiler: SchemaCompiler) throws(SchemaProblem) -> Int {
    guard value.isIntegral, value.numericOrder(to: 0) != -1 else {
      throw problem(keyword, "must be an integer of at least 0", compiler)
    }
    // What does not fit is beyond any count.
    return value.intValue ?? .max
  }

  func names(
    _ value: JSONValue, _ path: [String], _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> [String] {
    guard let list = value.arrayValue, case let names = list.compactMap(\.stringValue), names.count == list.count else {
      let place = JSONPointer(tokens: compiler.store.pointer(of: site).tokens + path)
      throw SchemaProblem(place, "must be a list of property names, beside \"properties\"")
    }
    try compiler.store.spend(names.count, at: site)
    return names
  }

  func pattern(
    _ value: JSONValue, _ path: [String], _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> Pattern {
    guard let source = value.stringValue else { throw problem(path[0], "must be a string", compiler) }
    let place = JSONPointer(tokens: compiler.store.pointer(of: site).tokens + path)
    do throws(SandboxError) {
      let pattern = try Pattern(source)
      try compiler.count(pattern)
      return pattern
    } catch {
      throw SchemaProblem(place, error.message, isUnsupported: error.code == .unsupported)
    }
  }
}

extension JSONValue {
  /// Whether arrays and objects are in one another more often than that. The walk goes no deeper.
  fileprivate func isNested(deeperThan limit: Int) -> Bool {
    switch self {
    case .array(let elements): limit == 0 || elements.contains { $0.isNested(deeperThan: limit - 1) }
    case .object(let object): limit == 0 || object.contains { $0.value.isNested(deeperThan: limit - 1) }
    default: false
    }
  }
}
