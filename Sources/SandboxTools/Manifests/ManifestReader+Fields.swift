import SandboxCore
import SandboxSchema

/// Description, arguments and category.
extension ManifestReader {
  mutating func readDescription(_ id: ToolID, _ kind: KindName) -> String {
    let paths = [["schema", "description"], ["description"], ["metadata", "description"]]
    guard let (path, value) = first(paths) else {
      // A server's tools bring their own.
      guard kind != .mcp else { return "" }
      warning(paths[0], "is missing; a model needs it to know what the tool does")
      return id.rawValue
    }
    guard let text = value.stringValue else {
      problem(path, "must be a string, not \(value.typeName)")
      return ""
    }
    return text
  }

  /// The schema of the arguments, always with `type: object`.
  mutating func readParameters() -> JSONValue {
    var found = first([["schema", "parameters"], ["parameters"]])
    if found == nil, let schema = value(["schema"]), schema["type"] != nil || schema["properties"] != nil {
      warning(
        ["schema"],
        "is itself a schema of the arguments, which belongs at /schema/parameters; read from here all the same")
      found = (["schema"], schema)
    }
    guard let (path, value) = found else { return ["type": "object", "properties": [:]] }
    guard let object = value.objectValue else {
      problem(path, "must be a JSON Schema of an object, not \(value.typeName)")
      return ["type": "object"]
    }
    if let type = object["type"], type != "object" {
      problem(path + ["type"], "must be \"object\": a tool's arguments are one object")
    }
    let schema = JSONValue.object(
      JSONObject([("type", "object")] + object.filter { $0.key != "type" }.map { ($0, $1) }))
    _ = compiled(schema, at: path)
    noteUnknownKeywords(object, at: path)
    return schema
  }

  /// A schema demands nothing by a word that is no keyword, as by a parameter beside `properties`.
  private mutating func noteUnknownKeywords(_ schema: JSONObject, at path: [String]) {
    let others = path == ["schema"] ? ["returns"] : []
    for key in schema.keys where !JSONSchema.isKeyword(key) && !key.hasPrefix("x-") && !others.contains(key) {
      warning(
        path + [key], "is not a keyword of JSON Schema; it has no effect. Parameters are described in \"properties\"")
    }
  }

  mutating func readReturns() -> JSONValue? {
    let path = ["schema", "returns"]
    guard let returns = value(path) else { return nil }
    guard returns.objectValue != nil || returns.boolValue != nil else {
      problem(path, "must be a JSON Schema, not \(returns.typeName)")
      return nil
    }
    _ = compiled(returns, at: path)
    return returns
  }

  private mutating func compiled(_ schema: JSONValue, at path: [String]) -> JSONSchema? {
    do throws(SandboxError) {
      let compiled = try JSONSchema(compiling: schema)
      if let dialect = compiled.unknownDialect {
        warning(path + ["$schema"], "\(JSONValue.string(dialect).briefText) is not known; it is read as draft 2020-12")
      }
      return compiled
    } catch {
      let cause = error.cause as? SchemaProblem
      problem(path + (cause?.pointer.tokens ?? []), cause?.reason ?? error.message)
      return nil
    }
  }

  /// Examples that do not fit their schemas mislead a reader, but the tool can be used.
  mutating func readExamples(_ parameters: JSONValue, _ returns: JSONValue?) -> [JSONValue] {
    let path = ["schema", "examples"]
    guard let examples = list(path, "a list of {input, output}") else { return [] }
    let inputs = try? JSONSchema(compiling: parameters)
    let outputs = returns.flatMap { try? JSONSchema(compiling: $0) }
    for (index, example) in examples.enumerated() {
      let place = path + [String(index)]
      guard example.objectValue != nil else {
        warning(place, "must be {input, output}, not \(example.typeName)")
        continue
      }
      check(example["input"], inputs, at: place + ["input"], "the parameters")
      check(example["output"], outputs, at: place + ["output"], "/schema/returns")
    }
    return examples
  }

  private mutating func check(_ value: JSONValue?, _ schema: JSONSchema?, at path: [String], _ what: String) {
    guard let value, let violation = schema?.validate(value).first else { return }
    warning(path + violation.instancePointer.tokens, "does not fit \(what): \(violation.message)")
  }

  mutating func readCategory(_ kind: KindName) -> String {
    let known = ToolCategory.allCases.map(\.rawValue).joined(separator: ", ")
    let paths = [["metadata", "category"], ["category"]]
    guard let (path, value) = first(paths) else {
      if kind == .mcp { return ToolCategory.integration.rawValue }
      problem(paths[0], "is missing; it must be one of \(known)")
      return ""
    }
    guard let text = value.stringValue else {
      problem(path, "must be a string, not \(value.typeName)")
      return ""
    }
    return category(text, at: path) ?? ""
  }

  mutating func category(_ text: String, at path: [String]) -> String? {
    if let category = ToolCategory(rawValue: text) { return category.rawValue }
    guard let category = ToolCategory.older[text] else {
      let known = ToolCategory.allCases.map(\.rawValue).joined(separator: ", ")
      problem(path, "\(JSONValue.string(text).briefText) is not a category; it must be one of \(known)")
      return nil
    }
    warning(path, "\"\(text)\" is now called \"\(category.rawValue)\"")
    return category.rawValue
  }
}
