import SandboxCore
import Testing

@testable import SandboxSchema

/// Cases beside the official suite: exact numbers, texts that only look alike, and references in odd places.
@Suite struct SchemaFixtureTests {
  @Test(
    arguments: [
      (["type": "integer"], ["3.0", "9007199254740993", "1e30", "-0.0"], ["3.5", "1e-400"]),
      (["const": 9_007_199_254_740_993], ["9007199254740993"], ["9007199254740992", "9007199254740993.5"]),
      (["maximum": 9_007_199_254_740_993], ["9007199254740992.5"], ["9007199254740993.5", "1e400"]),
      (["minimum": 0.1], ["0.1", "1e-1", "0.10000000000000000001"], ["0.09999999999999999999"]),
      (
        ["enum": [0.5, 1e300]], ["0.50", "5e-1", "1\(String(repeating: "0", count: 300))"], ["0.5000000000000000000001"]
      ),
      (
        ["uniqueItems": true], ["[0.5, 0.25]", "[1, true]", "[0, false]", "[[1], [true]]"],
        ["[0.5, 5e-1]", "[-0.0, 0]"]
      ),
      (["maxLength": 1], [#""👍""#, #""\u0000""#], [#""👩‍👩‍👧""#, #""e\u0301""#]),
      (["enum": [nil, "a"]], ["null", #""a""#], ["false", #""null""#]),
      (["pattern": "^\\p{L}+$"], [#""Größe""#, #""日本""#], [#""a1""#, #""""#]),
      (["pattern": "^.$"], [#""👍""#], [#""ab""#]), (["pattern": "a"], ["5", #""cat""#], [#""dog""#]),
      // é in one scalar and in two are different names.
      (["properties": ["\u{e9}": false, "e\u{301}": true]], ["{\"e\u{301}\": 1}"], ["{\"\u{e9}\": 1}"]),
      (["required": ["\u{e9}"]], ["{\"\u{e9}\": 1}"], ["{\"e\u{301}\": 1}"]),
      (["const": "\u{e9}"], ["\"\u{e9}\""], ["\"e\u{301}\""]),
      (["uniqueItems": true], ["[\"\u{e9}\", \"e\u{301}\"]"], ["[\"\u{e9}\", \"\u{e9}\"]"]),
      (["maxItems": 1e30, "minItems": 0.0], ["[1]"], []),
      (["$defs": ["": ["": ["type": "null"]]], "$ref": "#/$defs//"], ["null"], ["1"]),
      (["x-own": ["a": ["type": "null"]], "$ref": "#/x-own/a"], ["null"], ["1"]),
      (["properties": ["a": ["$ref": "#"]], "type": "object"], [#"{"a": {"a": {}}}"#], [#"{"a": {"a": 1}}"#]),
      (["prefixItems": [true], "contains": ["type": "null"], "unevaluatedItems": false], ["[1, null]"], ["[null, 1]"]),
      (
        [
          "anyOf": [["properties": ["a": true], "required": ["z"]], ["properties": ["b": true]]],
          "unevaluatedProperties": false,
        ], [#"{"b": 1}"#], [#"{"a": 1}"#]
      ),
    ] as [(JSONValue, [String], [String])])
  func fits(_ schema: JSONValue, _ good: [String], _ bad: [String]) throws {
    let compiled = try JSONSchema(compiling: schema)
    for text in good { #expect(compiled.validate(try JSONValue(parsing: text)).isEmpty, "\(text)") }
    for text in bad { #expect(!compiled.validate(try JSONValue(parsing: text)).isEmpty, "\(text)") }
  }

  /// Small arrays are compared pair by pair, large ones by hash; both must agree.
  @Test(arguments: [2, 8, 9, 200]) func twinsInArraysOfAnySize(_ count: Int) throws {
    let schema = try JSONSchema(compiling: ["uniqueItems": true])
    var elements = (0..<count).map { JSONValue.object(["id": .int(Int64($0)), "list": [.double(Double($0) + 0.5)]]) }
    #expect(schema.validate(.array(elements)).isEmpty)
    elements[count - 1] = ["list": [.decimal("0.50")], "id": 0.0]
    #expect(
      schema.validate(.array(elements)).map(\.message) == [
        "elements 0 and \(count - 1) are equal; each must be different"
      ])
  }

  /// Numbers that JSON cannot say come only from code; they satisfy no bound and do no harm.
  @Test(arguments: [JSONValue.double(.nan), .double(.infinity), .decimal("one")])
  func numbersThatAreNone(_ value: JSONValue) throws {
    for schema in [["minimum": 0], ["maximum": 0], ["multipleOf": 2], ["const": 1]] as [JSONValue] {
      #expect(try JSONSchema(compiling: schema).validate(value).count == 1)
    }
    _ = try JSONSchema(compiling: ["uniqueItems": true]).validate([value, value])
  }
}
