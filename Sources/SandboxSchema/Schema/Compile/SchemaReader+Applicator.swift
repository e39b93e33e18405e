import SandboxCore

extension SchemaReader {
  mutating func readApplicator(
    _ keyword: String, _ value: JSONValue, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) {
    switch keyword {
    case "allOf": rules.inPlace.append(.all(try children(value, keyword, &compiler)))
    case "anyOf": rules.inPlace.append(.any(try children(value, keyword, &compiler)))
    case "oneOf": rules.inPlace.append(.one(try children(value, keyword, &compiler)))
    case "not": rules.inPlace.append(.not(try child([keyword], &compiler), shown: value.briefText))
    case "if":
      rules.inPlace.append(
        .condition(
          try child([keyword], &compiler),
          then: object.contains(key: "then") ? try child(["then"], &compiler) : nil,
          otherwise: object.contains(key: "else") ? try child(["else"], &compiler) : nil))
    case "prefixItems" where !dialect.isOlder: rules.arrays.prefix = try children(value, keyword, &compiler)
    case "items": try readItems(value, &compiler)
    case "contains": try readContains(&compiler)
    case "properties":
      for name in try members(value, keyword, compiler).keys {
        rules.objects.properties[JSONKey(name)] = try child([keyword, name], &compiler)
        rules.objects.knownNames.append(name)
      }
    case "patternProperties":
      for name in try members(value, keyword, compiler).keys {
        let pattern = try pattern(.string(name), [keyword, name], &compiler)
        rules.objects.patterns.append((pattern, try child([keyword, name], &compiler)))
      }
    case "additionalProperties": rules.objects.others = try otherParts(value, keyword, &compiler)
    case "propertyNames": rules.objects.names = try child([keyword], &compiler)
    case "dependentSchemas" where !dialect.isOlder:
      for name in try members(value, keyword, compiler).keys {
        rules.objects.dependentSchemas.append((name, try child([keyword, name], &compiler)))
      }
    case "dependencies": try readDependencies(value, &compiler)
    default: break
    }
  }

  mutating func readUnevaluated(
    _ keyword: String, _ value: JSONValue, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) {
    switch keyword {
    case "unevaluatedItems" where !dialect.isOlder:
      rules.arrays.unevaluated = try otherParts(value, keyword, &compiler)
    case "unevaluatedProperties" where !dialect.isOlder:
      rules.objects.unevaluated = try otherParts(value, keyword, &compiler)
    default: break
    }
  }

  /// A list is the older form. Many schemas that name no dialect use it, and it can mean nothing else.
  private mutating func readItems(_ value: JSONValue, _ compiler: inout SchemaCompiler) throws(SchemaProblem) {
    guard let schemas = value.arrayValue else {
      rules.arrays.others = try otherParts(value, "items", &compiler)
      return
    }
    rules.arrays.prefix = schemas.isEmpty ? [] : try children(value, "items", &compiler)
    if let rest = object["additionalItems"] {
      rules.arrays.others = try otherParts(rest, "additionalItems", &compiler)
    }
  }

  private mutating func readContains(_ compiler: inout SchemaCompiler) throws(SchemaProblem) {
    var contains = ArrayRules.Contains(schema: try child(["contains"], &compiler))
    if !dialect.isOlder, dialect.vocabularies.contains(.validation) {
      if let minimum = object["minContains"] { contains.minimum = try count(minimum, "minContains", compiler) }
      if let maximum = object["maxContains"] { contains.maximum = try count(maximum, "maxContains", compiler) }
    }
    rules.arrays.contains = contains
  }

  /// Lists of names and schemas in one keyword: draft-07's, which is kept working in 2020-12.
  private mutating func readDependencies(
    _ value: JSONValue, _ compiler: inout SchemaCompiler
  ) throws(SchemaProblem) {
    for (name, dependency) in try members(value, "dependencies", compiler) {
      if dependency.arrayValue != nil {
        rules.objects.dependentNames.append((name, try names(dependency, ["dependencies", name], &compiler)))
        rules.objects.dependencyKeyword = "dependencies"
      } else {
        rules.objects.dependentSchemas.append((name, try child(["dependencies", name], &compiler)))
      }
    }
  }
}
