import SandboxCore

/// Reads the keywords of one schema object.
struct SchemaKeywords {
  let object: JSONObject
  let pointer: JSONPointer
  let depth: Int

  private static let annotations: Set<String> = [
    "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "format",
    "$comment",
    "$schema", "contentEncoding", "contentMediaType", "contentSchema",
  ]

  mutating func assertions(_ compiler: inout SchemaCompiler) throws(SchemaProblem) -> [SchemaNode.Assertion] {
    var assertions: [SchemaNode.Assertion] = []
    for (keyword, value) in object {
      if let rule = try rule(keyword, value, &compiler) { assertions.append(.init(keyword: keyword, rule: rule)) }
    }
    return assertions
  }

  private func rule(
    _ keyword: String, _ value: JSONValue, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> SchemaRule? {
    switch keyword {
    case "type": return .types(try types(value))
    case "enum": return .oneOfValues(Set(try list(value, keyword).map(\.numericForm)), shown: try shown(value))
    case "const": return .oneOfValues([value.numericForm], shown: brief(value))
    case "minimum": return .minimum(try number(value, keyword), isExclusive: false)
    case "exclusiveMinimum": return .minimum(try number(value, keyword), isExclusive: true)
    case "maximum": return .maximum(try number(value, keyword), isExclusive: false)
    case "exclusiveMaximum": return .maximum(try number(value, keyword), isExclusive: true)
    case "multipleOf": return .multiple(of: try divisor(value))
    case "minLength": return .length(try count(value, keyword)...Int.max)
    case "maxLength": return .length(0...(try count(value, keyword)))
    case "minItems": return .itemCount(try count(value, keyword)...Int.max)
    case "maxItems": return .itemCount(0...(try count(value, keyword)))
    case "minProperties": return .memberCount(try count(value, keyword)...Int.max)
    case "maxProperties": return .memberCount(0...(try count(value, keyword)))
    case "uniqueItems":
      guard let isUnique = value.boolValue else { throw problem(keyword, "must be true or false") }
      return isUnique ? .uniqueItems : nil
    case "required": return .required(try names(value))
    case "properties": return try members(&compiler)
    case "additionalProperties": return object.contains(key: "properties") ? nil : try members(&compiler)
    case "items":
      if value.arrayValue != nil { throw unsupported(keyword, "a list of schemas in \"items\"") }
      return .items(try child(value, [keyword], &compiler))
    case "allOf": return .all(try alternatives(value, keyword, &compiler))
    case "anyOf": return .any(try alternatives(value, keyword, &compiler))
    case "oneOf": return .one(try alternatives(value, keyword, &compiler))
    case "$ref":
      guard let reference = value.stringValue else { throw problem(keyword, "must be a string") }
      return .all([
        try compiler.node(referencedBy: reference, at: pointer.appending(key: keyword), depth: depth + 1)
      ])
    case "$defs", "definitions":
      guard let definitions = value.objectValue else { throw problem(keyword, "must be an object of schemas") }
      for (name, schema) in definitions { _ = try child(schema, [keyword, name], &compiler) }
      return nil
    case "$id" where pointer.tokens.isEmpty: return nil
    default:
      if Self.annotations.contains(keyword) || keyword.hasPrefix("x-") { return nil }
      throw unsupported(keyword, "the keyword \(JSONValue.string(String(keyword.prefix(60))))")
    }
  }

  // MARK: - Values of keywords

  private func types(_ value: JSONValue) throws(SchemaProblem) -> [SchemaType] {
    let names = value.arrayValue ?? [value]
    var types: [SchemaType] = []
    for name in names {
      guard let type = name.stringValue.flatMap(SchemaType.init(rawValue:)) else {
        let known = SchemaType.allCases.map(\.rawValue).joined(separator: ", ")
        throw problem("type", "\(brief(name)) is not a type; types are \(known)")
      }
      types.append(type)
    }
    if types.isEmpty { throw problem("type", "must name a type") }
    return types
  }

  private func list(_ value: JSONValue, _ keyword: String) throws(SchemaProblem) -> [JSONValue] {
    guard let list = value.arrayValue, !list.isEmpty else { throw problem(keyword, "must be a list that is not empty") }
    return list
  }

  private func shown(_ value: JSONValue) throws(SchemaProblem) -> String {
    let values = try list(value, "enum")
    let shown = values.prefix(20).map { brief($0) }.joined(separator: ", ")
    return "one of \(shown)\(values.count > 20 ? ", …" : "")"
  }

  private func number(_ value: JSONValue, _ keyword: String) throws(SchemaProblem) -> JSONValue {
    guard value.isNumber else { throw problem(keyword, "must be a number, not \(value.typeName)") }
    return value
  }

  private func divisor(_ value: JSONValue) throws(SchemaProblem) -> Int {
    guard value.isNumber, value.doubleValue ?? 1 > 0 else { throw problem("multipleOf", "must be a number above 0") }
    guard let divisor = value.intValue else { throw unsupported("multipleOf", "a multiple of \(brief(value))") }
    return divisor
  }

  private func count(_ value: JSONValue, _ keyword: String) throws(SchemaProblem) -> Int {
    guard let count = value.intValue, count >= 0 else { throw problem(keyword, "must be an integer of at least 0") }
    return count
  }

  private func names(_ value: JSONValue) throws(SchemaProblem) -> [String] {
    guard let list = value.arrayValue, case let names = list.compactMap(\.stringValue), names.count == list.count else {
      throw problem("required", "must be a list of property names, beside \"properties\"")
    }
    return names
  }

  private func members(_ compiler: inout SchemaCompiler) throws(SchemaProblem) -> SchemaRule {
    var members: [String: Int] = [:]
    let properties = object["properties"] ?? .object([:])
    guard let declared = properties.objectValue else { throw problem("properties", "must be an object of schemas") }
    for (name, schema) in declared { members[name] = try child(schema, ["properties", name], &compiler) }
    switch object["additionalProperties"] {
    case nil, .bool(true): return .members(members, others: .allowed)
    case .bool(false): return .members(members, others: .forbidden(known: declared.keys))
    case .some(let schema):
      return .members(members, others: .schema(try child(schema, ["additionalProperties"], &compiler)))
    }
  }

  private func alternatives(
    _ value: JSONValue, _ keyword: String, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> [Int] {
    var nodes: [Int] = []
    for (index, schema) in try list(value, keyword).enumerated() {
      nodes.append(try child(schema, [keyword, String(index)], &compiler))
    }
    return nodes
  }

  private func child(
    _ schema: JSONValue, _ path: [String], _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> Int {
    try compiler.node(for: schema, at: JSONPointer(tokens: pointer.tokens + path), depth: depth + 1)
  }

  private func problem(_ keyword: String, _ reason: String) -> SchemaProblem {
    SchemaProblem(pointer.appending(key: keyword), reason)
  }

  private func unsupported(_ keyword: String, _ what: String) -> SchemaProblem {
    SchemaProblem(pointer.appending(key: keyword), "\(what) is not supported in this version", isUnsupported: true)
  }

  private func brief(_ value: JSONValue) -> String { value.briefText }
}

extension JSONValue {
  /// The value as JSON text of at most 60 characters.
  var briefText: String {
    let text = text(.compact)
    return text.utf8.count > 60 ? "\(text.prefix(60))…" : text
  }
}
