import SandboxCore
import Testing

@testable import SandboxSchema

@Suite struct SchemaDialectTests {
  /// In draft-07 a reference hides what is beside it, and later keywords are unknown.
  private static let older: [JSONValue] = [
    ["$ref": "#/definitions/a", "maximum": 1, "definitions": ["a": true]], ["dependentRequired": ["a": ["b"]]],
    ["prefixItems": [false]], ["unevaluatedProperties": false], ["contains": true, "minContains": 5],
  ]
  private static let values: [JSONValue] = [5, ["a": 1], [1]]

  @Test(
    arguments: [
      "http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-07/schema",
      "https://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-06/schema#",
      "http://json-schema.org/draft-04/schema#",
    ])
  func olderDialects(_ name: String) throws {
    for keywords in Self.older {
      let object = try #require(keywords.objectValue)
      let schema = try JSONSchema(
        compiling: .object(JSONObject([("$schema", .string(name))] + object.map { ($0, $1) })))
      for value in Self.values { #expect(schema.validate(value).isEmpty, "\(keywords) \(value)") }
      #expect(schema.unknownDialect == nil)
      let newer = try JSONSchema(compiling: keywords)
      #expect(Self.values.contains { !newer.validate($0).isEmpty }, "\(keywords)")
      let byDefault = try JSONSchema(compiling: keywords, defaultDialect: .draft7)
      #expect(Self.values.allSatisfy { byDefault.validate($0).isEmpty })
    }
  }

  @Test func unknownDialectIsReadAsTheNewest() throws {
    let schema = try JSONSchema(compiling: ["$schema": "https://example.com/mine", "prefixItems": [false]])
    #expect(!schema.validate([1]).isEmpty)
    #expect(schema.unknownDialect == "https://example.com/mine")
  }

  @Test(
    arguments: [
      (["minimum": 3, "exclusiveMinimum": true], [4], [3]), (["minimum": 3, "exclusiveMinimum": false], [3], [2]),
      (["maximum": 3, "exclusiveMaximum": true], [2], [3]), (["exclusiveMaximum": true], [3], []),
      // Lists in `items`, and `dependencies`, are common in schemas that name no dialect.
      (["items": [["type": "string"]], "additionalItems": false], [["a"], []], [[1], ["a", 1]]),
      (["dependencies": ["a": ["b"], "c": ["required": ["d"]]]], [["a": 1, "b": 1]], [["a": 1], ["c": 1]]),
    ] as [(JSONValue, [JSONValue], [JSONValue])])
  func olderKeywordsAreUnderstood(_ schema: JSONValue, _ good: [JSONValue], _ bad: [JSONValue]) throws {
    let compiled = try JSONSchema(compiling: schema)
    for value in good { #expect(compiled.validate(value).isEmpty, "\(value)") }
    for value in bad { #expect(!compiled.validate(value).isEmpty, "\(value)") }
  }

  @Test func draft4Identifiers() throws {
    let schema = try JSONSchema(compiling: [
      "$schema": "http://json-schema.org/draft-04/schema#", "id": "http://x/root.json",
      "definitions": ["a": ["id": "part.json", "type": "string"], "b": ["id": "#here", "type": "integer"]],
      "properties": ["a": ["$ref": "part.json"], "b": ["$ref": "#here"]],
    ])
    #expect(schema.validate(["a": "x", "b": 1]).isEmpty)
    #expect(schema.validate(["a": 1, "b": "x"]).count == 2)
  }

  @Test func registeredDocuments() throws {
    let documents: [String: JSONValue] = [
      "http://x/a.json": ["$defs": ["n": ["$ref": "b.json#pos"]]],
      "http://x/b.json": ["$id": "http://y/other", "items": ["$anchor": "pos", "minimum": 1]],
      "unused": 5,
    ]
    let schema = try JSONSchema(
      compiling: ["properties": ["a": ["$ref": "http://x/a.json#/$defs/n"], "b": ["$ref": "http://y/other#pos"]]],
      documents: documents)
    #expect(schema.validate(["a": 1, "b": 1]).isEmpty)
    #expect(
      schema.validate(["a": 0, "b": 0]).map { "\($0) by \($0.schemaPointer)" } == [
        "/a: 0 is too small; it must be at least 1 by /items/minimum",
        "/b: 0 is too small; it must be at least 1 by /items/minimum",
      ])
  }

  @Test(
    arguments: ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#"])
  func schemasAreValuesOfTheirMetaSchema(_ name: String) throws {
    let schema = try JSONSchema(compiling: ["$ref": .string(name)])
    #expect(schema.validate(["type": "object", "properties": ["a": ["minLength": 2]]]).isEmpty)
    #expect(
      schema.validate(["properties": ["a": ["minLength": -1]]]).map(\.description) == [
        "/properties/a/minLength: -1 is too small; it must be at least 0"
      ])
  }

  @Test func vocabularies() throws {
    func metaSchema(_ isRequired: JSONValue) -> [String: JSONValue] {
      [
        "https://x/meta": [
          "$vocabulary": [
            "https://json-schema.org/draft/2020-12/vocab/core": true,
            "https://json-schema.org/draft/2020-12/vocab/applicator": true, "https://x/own": isRequired,
          ]
        ]
      ]
    }
    let source: JSONValue = ["$schema": "https://x/meta", "type": "string", "properties": ["a": false]]
    let schema = try JSONSchema(compiling: source, documents: metaSchema(false))
    #expect(schema.validate(["b": 1]).isEmpty)
    #expect(!schema.validate(["a": 1]).isEmpty)
    let error = try #require(throws: SandboxError.self) {
      try JSONSchema(compiling: source, documents: metaSchema(true))
    }
    #expect(error.code == .unsupported)
    #expect((error.cause as? SchemaProblem)?.pointer.description == "/$schema")
  }
}
