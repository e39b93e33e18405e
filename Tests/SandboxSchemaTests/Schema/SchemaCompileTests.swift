import SandboxCore
import Testing

@testable import SandboxSchema

@Suite struct SchemaCompileTests {
  @Test(
    arguments: [
      (5, "", "a schema must be an object or a boolean, not integer"), ([], "", "not array"),
      (["type": "text"], "/type", "is not a type; types are string, integer"),
      (["type": []], "/type", "must name a type"),
      (["type": [5]], "/type", "5 is not a type"), (["enum": "a"], "/enum", "a list of values"),
      (["minimum": "1"], "/minimum", "must be a number, not string"),
      (["exclusiveMinimum": "1"], "/exclusiveMinimum", "must be a number"),
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
        [
          "$ref": "#/$defs/a",
          "$defs": ["a": ["allOf": [["$ref": "#/$defs/b"]]], "b": ["anyOf": [["$ref": "#/$defs/a"]]]],
        ], "",
        "refers to itself without end"
      ),
    ] as [(JSONValue, String, String)])
  func invalid(_ schema: JSONValue, _ pointer: String, _ reason: String) throws {
    let problem = try problem(schema, .invalidArgument)
    if !pointer.isEmpty { #expect(problem.pointer.description == pointer) }
    #expect(problem.reason.contains(reason), "\(problem)")
    #expect(!problem.isUnsupported)
  }

  @Test(
    arguments: [
      (["pattern": 5], "/pattern", "must be a string"), (["pattern": "(a"], "/pattern", ""),
      (["patternProperties": ["a": true, "(": true]], "/patternProperties/(", ""),
      (["properties": ["a": ["not": 5]]], "/properties/a/not", "not integer"), (["if": "x"], "/if", "not string"),
      (["if": true, "then": 1], "/then", "not integer"), (["contains": []], "/contains", "not array"),
      (["contains": true, "minContains": -1], "/minContains", "at least 0"),
      (["prefixItems": []], "/prefixItems", "not empty"), (["prefixItems": [1]], "/prefixItems/0", "not integer"),
      (["dependentRequired": ["a": "b"]], "/dependentRequired/a", "a list of property names"),
      (["dependentSchemas": ["a": 1]], "/dependentSchemas/a", "not integer"),
      (["propertyNames": nil], "/propertyNames", "not null"), (["$dynamicRef": 5], "/$dynamicRef", "must be a string"),
      (["unevaluatedItems": "a"], "/unevaluatedItems", "not string"),
      (["$ref": "#nothing"], "/$ref", "refers to \"#nothing\", which is not there"),
      (["$ref": "#/%zz"], "/$ref", "two hexadecimal digits"), (["$ref": "#/~2"], "/$ref", "which is not there"),
      (["items": ["$ref": "https://example.com/schema"]], "/items/$ref", "nothing is fetched"),
      (["items": ["$ref": "other.json#/a"]], "/items/$ref", "nothing is fetched"),
      (["$ref": "#/$defs/a", "$defs": ["a": ["$ref": "#/$defs/b"], "b": ["$ref": "#/$defs/a"]]], "", "without end"),
      (["dependentSchemas": ["a": ["$ref": "#"]]], "", "without end"), (["not": ["$ref": "#"]], "", "without end"),
      (["if": true, "else": ["$ref": "#"]], "", "without end"), (["$dynamicRef": "#"], "", "without end"),
    ] as [(JSONValue, String, String)])
  func invalidInTheFullLanguage(_ schema: JSONValue, _ pointer: String, _ reason: String) throws {
    let problem = try problem(schema, .invalidArgument)
    if !pointer.isEmpty { #expect(problem.pointer.description == pointer) }
    #expect(problem.reason.contains(reason), "\(problem)")
  }

  @Test(
    arguments: [
      (["pattern": "(a)\\1"], "/pattern"), (["multipleOf": .decimal("1.00000000000000000001")], "/multipleOf"),
      (["$ref": .string("#/" + String(repeating: "a", count: 5_000))], "/$ref"),
    ] as [(JSONValue, String)])
  func unsupported(_ schema: JSONValue, _ pointer: String) throws {
    let problem = try problem(schema, .unsupported)
    #expect(problem.pointer.description == pointer)
    #expect(problem.isUnsupported)
  }

  /// By the specification; a schema may say more than we know.
  @Test(arguments: ["nullable", "discriminator", "requierd", "x-order", "example"])
  func unknownKeywordsAreIgnored(_ keyword: String) throws {
    #expect(try JSONSchema(compiling: .object([keyword: true])).validate(1).isEmpty)
  }

  /// A schema that nothing refers to cannot make the others useless.
  @Test func unusedDefinitionsMayReferToWhatIsNotThere() throws {
    let schema = try JSONSchema(compiling: ["$defs": ["a": ["$ref": "https://example.com/x"]], "type": "string"])
    #expect(schema.validate("a").isEmpty)
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
    #expect(try problem(schema, .unsupported).reason.contains("nested deeper than 128"))
    var chain: JSONObject = [:]
    for index in 0..<200 { chain["d\(index)"] = ["allOf": [["$ref": .string("#/$defs/d\(index + 1)")]]] }
    chain["d200"] = true
    #expect(
      try problem(["$ref": "#/$defs/d0", "$defs": .object(chain)], .unsupported).reason.contains("nested deeper"))
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
