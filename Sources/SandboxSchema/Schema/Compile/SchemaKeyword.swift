import SandboxCore

/// Which keywords hold schemas, for finding identifiers and anchors.
enum SchemaKeyword {
  private enum Shape { case schema, list, map }

  private static let shapes: [String: Shape] = [
    "additionalItems": .schema, "additionalProperties": .schema, "contains": .schema, "contentSchema": .schema,
    "else": .schema, "if": .schema, "not": .schema, "propertyNames": .schema, "then": .schema,
    "unevaluatedItems": .schema, "unevaluatedProperties": .schema,
    "allOf": .list, "anyOf": .list, "oneOf": .list, "prefixItems": .list,
    "$defs": .map, "definitions": .map, "dependencies": .map, "dependentSchemas": .map, "patternProperties": .map,
    "properties": .map,
  ]

  /// The paths of the schemas in a keyword's value. What has another shape than it should has none; that is told when
  /// the keyword is compiled.
  static func schemas(in keyword: String, _ value: JSONValue) -> [[String]] {
    let shape = keyword == "items" ? value.arrayValue == nil ? .schema : .list : shapes[keyword]
    switch (shape, value) {
    case (.schema, .object): return [[keyword]]
    case (.list, .array(let schemas)):
      return schemas.indices.filter { schemas[$0].objectValue != nil }.map { [keyword, String($0)] }
    case (.map, .object(let schemas)): return schemas.filter { $0.value.objectValue != nil }.map { [keyword, $0.key] }
    default: return []
    }
  }
}
