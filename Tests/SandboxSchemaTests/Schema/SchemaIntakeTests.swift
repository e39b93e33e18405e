import SandboxCore
import SandboxSchema
import Testing

@Suite struct SchemaIntakeTests {
  @Test(
    arguments: [
      (nil, ["type": "object"]), (.some(.null), ["type": "object"]), ([:], ["type": "object"]),
      (true, ["type": "object"]), (false, false), (5, 5),
      (["properties": ["a": true]], ["type": "object", "properties": ["a": true]]),
      (["required": ["a"]], ["type": "object", "required": ["a"]]),
      (["type": "string", "properties": [:]], ["type": "string", "properties": [:]]),
      (["anyOf": [true]], ["anyOf": [true]]),
      (["description": "d", "parameters": ["properties": [:]]], ["type": "object", "properties": [:]]),
      (["name": "n", "parameters": nil], ["type": "object"]),
      (["parameters": ["parameters": ["type": "object", "title": "t"]]], ["type": "object", "title": "t"]),
      // A tool whose own argument is called so.
      (["type": "object", "parameters": ["x": 1]], ["type": "object", "parameters": ["x": 1]]),
    ] as [(JSONValue?, JSONValue)])
  func normalized(_ schema: JSONValue?, _ expected: JSONValue) {
    #expect(JSONSchema.normalizedParameters(schema) == expected)
  }

  @Test func typeComesFirst() {
    #expect(JSONSchema.normalizedParameters(["properties": [:]]).text() == #"{"type":"object","properties":{}}"#)
  }

  @Test func deepWrappers() {
    var schema: JSONValue = ["properties": [:]]
    for _ in 0..<900 { schema = ["parameters": schema] }
    #expect(JSONSchema.normalizedParameters(schema) == ["type": "object", "properties": [:]])
  }
}
