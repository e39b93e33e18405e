import SandboxCore
import Testing

@testable import SandboxSchema

/// What a model is told about a call that does not fit.
@Suite struct SchemaExplanationTests {
  private static let shapes: JSONValue = [
    "oneOf": [
      ["properties": ["kind": ["const": "circle"], "radius": ["type": "number"]], "required": ["kind", "radius"]],
      [
        "properties": ["kind": ["const": "box"], "width": ["type": "number"], "height": ["type": "number"]],
        "required": ["kind", "width", "height"],
      ],
    ]
  ]

  @Test(
    arguments: [
      (["pattern": "^[a-z]+$"], "A1", ["(root): \"A1\" does not match the pattern \"^[a-z]+$\""]),
      (["not": ["type": "null"]], nil, ["(root): must not fit {\"type\":\"null\"}"]),
      (["contains": ["type": "null"]], [1], ["(root): has 0 elements that fit \"contains\"; it must have at least 1"]),
      (
        ["contains": true, "maxContains": 1], [1, 2],
        ["(root): has 2 elements that fit \"contains\"; it must have at most 1"]
      ),
      (["prefixItems": [true], "items": false], [1, 2], ["(root): has 2 elements; it must have at most 1"]),
      (
        ["propertyNames": ["maxLength": 2]], ["abc": 1],
        [
          "/abc: the name is not allowed: has 3 characters; it must have at most 2"
        ]
      ),
      (["dependentRequired": ["a": ["b"]]], ["a": 1], ["/b: is required when \"a\" is there"]),
      (
        ["allOf": [["properties": ["a": true]]], "unevaluatedProperties": false], ["b": 1],
        [
          "/b: is not allowed; no schema describes this property"
        ]
      ),
      (["unevaluatedItems": false], [1], ["(root): element 0 is not allowed; no schema describes it"]),
      (["patternProperties": ["^n": ["type": "integer"]]], ["n1": "a"], ["/n1: expected integer, found string"]),
      (
        ["if": ["required": ["a"]], "then": ["required": ["b"]], "else": ["required": ["c"]]], ["a": 1],
        [
          "/b: is required"
        ]
      ),
      (
        ["if": ["required": ["a"]], "then": ["required": ["b"]], "else": ["required": ["c"]]], [:], ["/c: is required"]
      ),
      (["multipleOf": 0.5], 0.7, ["(root): 0.7 is not a multiple of 0.5"]),
      (["enum": []], 1, ["(root): 1 is not allowed; it must be one of none"]),
      // The alternative that is meant: the only one of the type, or the one that the value names.
      (
        ["anyOf": [["type": "string", "minLength": 3], ["type": "null"]]], "ab",
        [
          "(root): has 2 characters; it must have at least 3"
        ]
      ),
      (shapes, ["kind": "box", "width": "1"], ["/height: is required", "/width: expected number, found string"]),
      (shapes, 5, ["(root): fits 2 alternatives, but must fit exactly one"]),
      (
        ["anyOf": [["type": "string"], ["type": "null"]]], 5,
        [
          "(root): fits none of the 2 alternatives: (root): expected string, found integer; or (root): expected null, "
            + "found integer"
        ]
      ),
      (
        ["anyOf": [["required": ["a", "b"]], ["required": ["c"]]]], [:],
        [
          "(root): fits none of the 2 alternatives; number 2 is nearest", "/c: is required",
        ]
      ),
      (
        ["properties": ["list": ["items": ["required": ["id"], "properties": ["id": ["type": "integer"]]]]]],
        ["list": [["id": 1], ["name": "x"], ["id": "y"]]],
        ["/list/1/id: is required", "/list/2/id: expected integer, found string"]
      ),
    ] as [(JSONValue, JSONValue, [String])])
  func messages(_ schema: JSONValue, _ value: JSONValue, _ expected: [String]) throws {
    #expect(try JSONSchema(compiling: schema).validate(value).map(\.description) == expected)
  }

  @Test func alternativesKeepToTheBound() throws {
    let required = JSONValue.array((0..<50).map { .string("p\($0)") })
    let schema = try JSONSchema(compiling: ["allOf": [["required": ["x"]], ["anyOf": [["required": required]]]]])
    let violations = schema.validate([:])
    #expect(violations.count == JSONSchema.maximumViolations)
    #expect(violations.first?.description == "/x: is required")
    #expect(violations.last?.description == "/p8: is required")
  }

  /// Where a keyword looks ahead, nothing of what it tried is reported.
  @Test func triesAreNotReported() throws {
    let schema = try JSONSchema(compiling: [
      "if": ["type": "string"], "contains": ["minimum": 5], "not": ["maxItems": 1], "anyOf": [false, true],
      "oneOf": [["minItems": 9], ["maxItems": 3]], "required": ["never"],
    ])
    #expect(schema.validate([1, 6]).isEmpty)
    #expect(schema.validate([1, 2]).map(\.keyword) == ["contains"])
  }

  @Test func longKeysAreCut() throws {
    let schema = try JSONSchema(compiling: ["additionalProperties": false])
    let violation = try #require(schema.validate(.object([String(repeating: "k", count: 10_000): 1])).first)
    #expect(violation.description.utf8.count < 200)
  }
}
