import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct SchemaCompileTests {
  @Test(
    arguments: [
      (5, "", "a schema must be an object or a boolean, not integer"), ([], "", "not array"),
      (["type": "text"], "/type", "is not a type; types are null, boolean"),
      (["type": []], "/type", "must name a type"),
      (["type": [5]], "/type", "5 is not a type"), (["enum": []], "/enum", "a list that is not empty"),
      (["enum": "a"], "/enum", "a list that is not empty"),
      (["minimum": "1"], "/minimum", "must be a number, not string"),
      (["exclusiveMinimum": true], "/exclusiveMinimum", "must be a number"),
      (["multipleOf": 0], "/multipleOf", "above 0"),
      (["multipleOf": -2], "/multipleOf", "above 0"), (["minLength": -1], "/minLength", "at least 0"),
      (["maxItems": 1.5], "/maxItems", "must be an integer"), (["uniqueItems": 1], "/uniqueItems", "true or false"),
      (["required": true], "/required", "a list of property names"),
      (["required": [1]], "/required", "a list of property"),
      (["properties": []], "/properties", "an object of schemas"),
      (["properties": ["a": 1]], "/properties/a", "not integer"),
      (["items": ["items": "x"]], "/items/items", "not string"), (["anyOf": []], "/anyOf", "a list that is not empty"),
      (["allOf": [true, 7]], "/allOf/1", "not integer"), (["$ref": 5], "/$ref", "must be a string"),
      (["$ref": "#/nothing"], "/$ref", "refers to \"#/nothing\", which is not there"),
      (["$defs": ["a": 5]], "/$defs/a", "not integer"), (["$defs": 5], "/$defs", "an object of schemas"),
      (["$ref": "#"], "", "refers to itself without end"),
      (
        ["$defs": ["a": ["allOf": [["$ref": "#/$defs/b"]]], "b": ["anyOf": [["$ref": "#/$defs/a"]]]]], "",
        "refers to itself without end"
      ),
    ] as [(JSONValue, String, String)])
  func invalid(_ schema: JSONValue, _ pointer: String, _ reason: String) throws {
    let problem = try problem(schema, .invalidArgument)
    if !pointer.isEmpty { #expect(problem.pointer.description == pointer) }
    #expect(problem.reason.contains(reason), "\(problem)")
    #expect(!problem.isUnsupported)
  }

  /// What is not checked is not accepted either.
  @Test(arguments: [
    "pattern", "patternProperties", "propertyNames", "not", "if", "then", "else", "contains", "minContains",
    "maxContains",
    "prefixItems", "additionalItems", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedItems",
    "unevaluatedProperties", "$anchor", "$dynamicRef", "$dynamicAnchor", "nullable", "discriminator", "requierd",
  ])
  func unsupportedKeyword(_ keyword: String) throws {
    let problem = try problem(["properties": ["a": .object([keyword: true])]], .unsupported)
    #expect(problem.pointer.tokens == ["properties", "a", keyword])
    #expect(problem.reason == "the keyword \"\(keyword)\" is not supported in this version")
  }

  @Test(
    arguments: [
      (["items": [["type": "string"]]], "/items"), (["$ref": "https://example.com/schema"], "/$ref"),
      (["$ref": "other.json#/a"], "/$ref"), (["$ref": "#anchor"], "/$ref"), (["$ref": "#/%24defs"], "/$ref"),
      (["multipleOf": 0.5], "/multipleOf"), (["properties": ["a": ["$id": "x"]]], "/properties/a/$id"),
    ] as [(JSONValue, String)])
  func unsupportedUse(_ schema: JSONValue, _ pointer: String) throws {
    let problem = try problem(schema, .unsupported)
    #expect(problem.pointer.description == pointer)
    #expect(problem.isUnsupported)
  }

  @Test func annotationsDemandNothing() throws {
    let schema = try JSONSchema(compiling: [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "x", "title": "t", "description": "d",
      "default": 1,
      "examples": [1], "deprecated": true, "readOnly": true, "writeOnly": true, "format": "email", "$comment": "c",
      "contentEncoding": "base64", "contentMediaType": "text/plain", "x-order": 5,
    ])
    #expect(schema.validate("anything").isEmpty)
  }

  @Test func nestingIsBounded() throws {
    var schema: JSONValue = ["type": "string"]
    for _ in 0..<200 { schema = ["items": schema] }
    #expect(try problem(schema, .invalidArgument).reason.contains("nested deeper than 64"))
    var chain: JSONObject = [:]
    for index in 0..<200 { chain["d\(index)"] = ["allOf": [["$ref": .string("#/$defs/d\(index + 1)")]]] }
    chain["d200"] = true
    #expect(
      try problem(["$ref": "#/$defs/d0", "$defs": .object(chain)], .invalidArgument).reason.contains("nested deeper"))
  }

  @Test func tenThousandProperties() throws {
    var properties: JSONObject = [:]
    for index in 0..<10_000 { properties["p\(index)"] = ["type": "integer", "minimum": .int(Int64(index))] }
    let schema = try JSONSchema(compiling: ["properties": .object(properties), "additionalProperties": false])
    #expect(schema.validate(["p7": 7]).isEmpty)
    #expect(schema.validate(["p7": 6]).count == 1)
    let all = JSONValue.object(JSONObject((0..<10_000).map { ("p\($0)", JSONValue.int(0)) }))
    #expect(schema.validate(all).count == JSONSchema.maximumViolations)
  }

  private func problem(_ schema: JSONValue, _ code: SandboxError.Code) throws -> SchemaProblem {
    do {
      _ = try JSONSchema(compiling: schema)
    } catch {
      #expect(error.code == code)
      return try #require(error.cause as? SchemaProblem)
    }
    Issue.record("compiled \(schema)")
    throw SandboxError(.internalError, "compiled")
  }
}
