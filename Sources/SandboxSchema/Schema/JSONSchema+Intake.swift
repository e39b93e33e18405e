package import SandboxCore

extension JSONSchema {
  /// A tool's argument schema as others write it, made into the schema of an object:
  ///
  /// - nothing, `null`, `true` and `{}` accept any object;
  /// - `{"description": …, "parameters": {…}}`, the wrapper of function declarations, is unwrapped;
  /// - a root without `type` that speaks of properties is the schema of an object.
  ///
  /// Anything else is returned as it is, for the compiler to judge.
  package static func normalizedParameters(_ schema: JSONValue?) -> JSONValue {
    var schema = schema ?? .null
    while let inner = wrapped(in: schema) { schema = inner }
    guard let object = schema.objectValue else { return schema.isNull || schema == true ? anyObject : schema }
    if object.isEmpty { return anyObject }
    guard !object.contains(key: "type"), objectKeywords.contains(where: { object.contains(key: $0) }) else {
      return schema
    }
    return .object(JSONObject([("type", "object")] + object.map { ($0, $1) }))
  }

  private static let anyObject: JSONValue = ["type": "object"]
  private static let objectKeywords = [
    "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties",
    "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
  ]

  /// `parameters` is no keyword, so that an object with it and no keyword of its own is a wrapper.
  private static func wrapped(in schema: JSONValue) -> JSONValue? {
    guard let object = schema.objectValue, let inner = object["parameters"], inner.objectValue != nil || inner.isNull,
      object.allSatisfy({ ["name", "description", "parameters", "strict"].contains($0.key) })
    else { return nil }
    return inner
  }
}
