import SandboxCore

/// Reads the keywords of one schema object into rules.
struct SchemaReader {
  let object: JSONObject
  let site: Int
  let dialect: SchemaDialect
  var rules = SchemaRules()

  /// Keywords that demand nothing by themselves.
  static let annotations: Set<String> = [
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format", "$comment", "$defs",
    "definitions",
  ]

  static func rules(
    of object: JSONObject, at site: Int, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> SchemaRules {
    let dialect = compiler.store.dialect(of: site)
    var reader = SchemaReader(object: object, site: site, dialect: dialect)
    if dialect.isOlder, let reference = object["$ref"] {
      try reader.readReference("$ref", reference, &compiler)
      return reader.rules
    }
    for (keyword, value) in object {
      try reader.readCore(keyword, value, &compiler)
      if dialect.vocabularies.contains(.validation) { try reader.readValidation(keyword, value, &compiler) }
      if dialect.vocabularies.contains(.applicator) { try reader.readApplicator(keyword, value, &compiler) }
      if dialect.vocabularies.contains(.unevaluated) { try reader.readUnevaluated(keyword, value, &compiler) }
    }
    return reader.rules
  }

  // MARK: - Core

  private mutating func readCore(
    _ keyword: String, _ value: JSONValue, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) {
    switch keyword {
    case "$ref": try readReference(keyword, value, &compiler)
    case "$dynamicRef" where !dialect.isOlder: try readReference(keyword, value, &compiler)
    case "$defs", "definitions":
      // Compiled when something refers to them, but never taken for schemas when they are not.
      for (name, schema) in try members(value, keyword, compiler) {
        guard schema.objectValue == nil, schema.boolValue == nil else { continue }
        throw SchemaProblem(
          JSONPointer(tokens: compiler.store.pointer(of: site).tokens + [keyword, name]),
          "a schema must be an object or a boolean, not \(schema.typeName)")
      }
    default: break
    }
  }

  private mutating func readReference(
    _ keyword: String, _ value: JSONValue, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) {
    guard let reference = value.stringValue else { throw problem(keyword, "must be a string", compiler) }
    let (target, name) = try compiler.store.resolve(reference, from: site, keyword: keyword)
    let node = try compiler.node(at: target)
    if keyword == "$dynamicRef", let name {
      rules.inPlace.append(.dynamic(anchor: compiler.anchor(named: name), fallback: node))
    } else {
      rules.inPlace.append(.all([node]))
    }
  }

  // MARK: - Helpers

  func child(_ path: [String], _ compiler: inout SchemaCompiler) throws(SchemaProblem) -> Int {
    guard let child = try compiler.store.schema(path, of: site) else {
      throw problem(path[0], "is not there", compiler)
    }
    return try compiler.node(at: child)
  }

  func children(
    _ value: JSONValue, _ keyword: String, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> [Int] {
    let count = try list(value, keyword, &compiler).count
    var nodes: [Int] = []
    for index in 0..<count { nodes.append(try child([keyword, String(index)], &compiler)) }
    return nodes
  }

  func otherParts(
    _ value: JSONValue, _ keyword: String, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> OtherParts {
    let demand: OtherParts.Demand =
      switch value {
      case .bool(true): .anything
      case .bool(false): .nothing
      default: .schema(try child([keyword], &compiler))
      }
    return OtherParts(keyword: keyword, demand: demand)
  }

  func list(
    _ value: JSONValue, _ keyword: String, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) -> [JSONValue] {
    guard let list = value.arrayValue, !list.isEmpty else {
      throw problem(keyword, "must be a list that is not empty", compiler)
    }
    try compiler.store.spend(list.count, at: site)
    return list
  }

  func members(
    _ value: JSONValue, _ keyword: String, _ compiler: SchemaCompiler
  ) throws(SchemaProblem) -> JSONObject {
    guard let members = value.objectValue else { throw problem(keyword, "must be an object of schemas", compiler) }
    return members
  }

  func problem(_ keyword: String, _ reason: String, _ compiler: SchemaCompiler) -> SchemaProblem {
    SchemaProblem(compiler.store.pointer(of: site).appending(key: keyword), reason)
  }
}
