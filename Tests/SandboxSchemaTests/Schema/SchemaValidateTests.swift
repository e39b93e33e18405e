import SandboxCore
import Testing

@testable import SandboxSchema

@Suite struct SchemaValidateTests {
  /// Schema, values that fit, values that do not.
  private static let table: [(JSONValue, [JSONValue], [JSONValue])] = [
    (true, [1, nil], []), (false, [], [1, nil]), ([:], [1, "a"], []),
    (["type": "string"], ["", "a"], [1, nil, true, [], [:]]), (["type": "null"], [nil], [0, false]),
    (["type": "boolean"], [true, false], [0, "true"]), (["type": "array"], [[]], [[:]]),
    (["type": "object"], [[:]], [[]]),
    (["type": "integer"], [1, 1.0, -3, .decimal("123456789012345678901234567890")], [1.5, "1", true]),
    (["type": "number"], [1, 1.5, .decimal("1e400")], ["1", nil]), (["type": ["string", "null"]], ["a", nil], [1]),
    (["enum": ["a", 1, nil, ["x": 1.0]]], ["a", 1, 1.0, nil, ["x": 1]], ["b", 2, true, ["x": 2]]),
    (["const": ["a": [1, 2], "b": 0]], [["b": 0.0, "a": [1.0, 2]]], [["a": [2, 1], "b": 0], nil]),
    (["const": false], [false], [0, nil]), (["const": 0], [0, 0.0, -0.0], [false]),
    (["minimum": 3], [3, 3.0, 4, "x"], [2, 2.999]), (["maximum": 3], [3, -1], [3.001, 4]),
    (["exclusiveMinimum": 3], [3.1], [3, 3.0]), (["exclusiveMaximum": 3], [2.9], [3, 3.0]),
    // Integers beyond 2^53 are told apart.
    (["maximum": 9_007_199_254_740_992], [9_007_199_254_740_992], [9_007_199_254_740_993]),
    (["maximum": 10], [.decimal("-1e400")], [.decimal("1e400")]), (["multipleOf": 3], [0, 3, -6, 9.0, "x"], [1, 3.5]),
    (["multipleOf": 0.0001], [0.0075, 0, -1, 1e30], [0.00751, 1e-30]),
    (["multipleOf": 1e-8], [12_391_239_123, .decimal("1e400")], [1e-9]),
    (["multipleOf": 0.123456789], [0.246913578], [1e308, .decimal("1e1000000000000000")]),
    (["multipleOf": .decimal("9223372036854775809")], [.decimal("18446744073709551618")], [9_223_372_036_854_775_807]),
    (["minLength": 2], ["ab", "äö", 1], ["a", "👍"]), (["maxLength": 2], ["ab", "👍👍"], ["abc"]),
    // Scalars, not what looks like one character.
    (["maxLength": 1], ["é"], ["e\u{301}"]), (["minItems": 1], [[1], "x"], [[]]), (["maxItems": 1], [[1]], [[1, 2]]),
    (["minProperties": 1, "maxProperties": 1], [["a": 1]], [[:], ["a": 1, "b": 2]]),
    (["uniqueItems": true], [[1, 2, "1", true, nil], []], [[1, 1.0], [["a": 1, "b": 2], ["b": 2, "a": 1]]]),
    (["uniqueItems": false], [[1, 1]], []), (["items": ["type": "integer"]], [[], [1, 2], "x"], [[1, "a"]]),
    (["items": false], [[]], [[1]]), (["required": ["a", "b"]], [["a": nil, "b": 1], 5], [["a": 1], [:]]),
    (
      ["properties": ["a": ["type": "string"], "b": false]], [["a": "x"], ["c": 1], [:]], [["a": 1], ["b": 1]]
    ),
    (["properties": ["a": true], "additionalProperties": false], [["a": 1], [:]], [["a": 1, "b": 2]]),
    (["additionalProperties": ["type": "integer"]], [["a": 1], [:]], [["a": "x"]]),
    (["additionalProperties": false], [[:]], [["a": 1]]),
    (["allOf": [["minimum": 1], ["maximum": 2]]], [1, 2], [0, 3]),
    (["anyOf": [["type": "string"], ["minimum": 5]]], ["a", 5], [4]),
    (["oneOf": [["minimum": 1], ["maximum": 2]]], [0, 3], [1, 2]), (["anyOf": [true, false]], [1], []),
    (["$defs": ["p": ["type": "integer"]], "items": ["$ref": "#/$defs/p"]], [[1]], [["a"]]),
    (["definitions": ["a/b~c": ["type": "integer"]], "$ref": "#/definitions/a~1b~0c"], [1], ["a"]),
    (["$ref": "#/$defs/a", "maximum": 5, "$defs": ["a": ["minimum": 1]]], [1, 5], [0, 6]),
    (
      [
        "$defs": [
          "tree": ["type": "object", "properties": ["kids": ["items": ["$ref": "#/$defs/tree"]]], "required": ["v"]]
        ], "$ref": "#/$defs/tree",
      ], [["v": 1], ["v": 1, "kids": [["v": 2, "kids": []]]]], [["v": 1, "kids": [["v": 2, "kids": [[:]]]]]]
    ),
  ]

  @Test(arguments: table) func fits(_ schema: JSONValue, _ good: [JSONValue], _ bad: [JSONValue]) throws {
    let compiled = try JSONSchema(compiling: schema)
    for value in good { #expect(compiled.validate(value).isEmpty, "\(value)") }
    for value in bad { #expect(!compiled.validate(value).isEmpty, "\(value)") }
  }

  @Test(
    arguments: [
      (["type": "string"], 5, "(root): expected string, found integer"),
      (["type": ["string", "null"]], 5, "(root): expected string or null, found integer"),
      (
        ["properties": ["a/b": ["items": ["maximum": 5]]]], ["a/b": [1, 9]],
        "/a~1b/1: 9 is too large; it must be at most 5"
      ),
      (["required": ["q"]], [:], "/q: is required"),
      (["enum": ["json", "text"]], "xml", "(root): \"xml\" is not allowed; it must be one of \"json\", \"text\""),
      (["const": "a"], "b", "(root): \"b\" is not allowed; it must be \"a\""),
      (
        ["properties": ["a": true], "additionalProperties": false], ["b": 1],
        "/b: is not a known property; allowed are a"
      ),
      (["additionalProperties": false], ["b": 1], "/b: is not a known property; no properties are"),
      (["minLength": 3], "ab", "(root): has 2 characters; it must have at least 3"),
      (["maxItems": 1], [1, 2], "(root): has 2 elements; it must have at most 1"),
      (["uniqueItems": true], [1, 2, 1], "(root): elements 0 and 2 are equal; each must be different"),
      (
        ["anyOf": [["type": "string"], ["required": ["id"]]]], [:],
        "/id: is required"
      ),
      (["oneOf": [true, true]], 1, "(root): fits 2 alternatives, but must fit exactly one"),
      (["properties": ["a": false]], ["a": 1], "/a: nothing is allowed here"),
    ] as [(JSONValue, JSONValue, String)])
  func messagesHelp(_ schema: JSONValue, _ value: JSONValue, _ message: String) throws {
    #expect(try JSONSchema(compiling: schema).validate(value).map(\.description) == [message])
  }

  @Test func placesInTheSchema() throws {
    let schema = try JSONSchema(compiling: [
      "$defs": ["n": ["minimum": 1]], "properties": ["a": ["items": ["$ref": "#/$defs/n"]]], "required": ["b"],
    ])
    #expect(
      schema.validate(["a": [0]]).map(\.schemaPointer.description) == ["/required", "/$defs/n/minimum"])
  }

  @Test func violationsAreBounded() throws {
    let schema = try JSONSchema(compiling: ["items": ["type": "string"], "uniqueItems": true])
    #expect(schema.validate(.array(Array(repeating: 1, count: 100_000))).count == JSONSchema.maximumViolations)
    let huge = JSONValue.string(String(repeating: "x", count: 1 << 20))
    let message = try JSONSchema(compiling: ["enum": ["a"]]).validate(huge)[0].message
    #expect(message.utf8.count < 200)
  }

  @Test func deepValuesAreGivenUp() throws {
    let schema = try JSONSchema(compiling: ["$defs": ["t": ["items": ["$ref": "#/$defs/t"]]], "$ref": "#/$defs/t"])
    var value: JSONValue = []
    for _ in 0..<100 { value = [value] }
    #expect(schema.validate(value).isEmpty)
    for _ in 0..<900 { value = [value] }
    #expect(schema.validate(value).count == 1)
  }
}
