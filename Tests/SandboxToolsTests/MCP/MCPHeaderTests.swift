import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct MCPHeaderTests {
  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a b", "a b"), ("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="),
    (" padded ", "=?base64?IHBhZGRlZCA=?="), ("a\nb", "=?base64?YQpi?="),
    ("=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="),
    ("=?base64?", "=?base64?"), ("tab\t", "=?base64?dGFiCQ==?="),
  ])
  func valuesAreWrappedWhereAHeaderCannotCarryThem(text: String, header: String) {
    #expect(MCPHeaderValue.encode(text) == header)
  }

  @Test func argumentsThatAreMarkedBecomeHeaders() throws {
    let parameters = try MCPHeaderParameters([
      "type": "object",
      "properties": [
        "region": ["type": "string", "x-mcp-header": "Region"], "plain": ["type": "string"],
        "deep": ["type": "object", "properties": ["n": ["type": "integer", "x-mcp-header": "N"]]],
        "flag": ["type": "boolean", "x-mcp-header": "Flag"],
        "named": ["type": "string", "default": ["x-mcp-header": "no schema"]],
      ],
    ])
    func headers(_ arguments: JSONValue) -> [String] {
      parameters.headers(for: arguments).map { "\($0.name)=\($0.value)" }
    }
    #expect(headers(["region": "eu", "deep": ["n": 5], "flag": false]) == ["Region=eu", "N=5", "Flag=false"])
    #expect(headers(["region": nil, "deep": ["n": 5.0]]) == ["N=5"])
    #expect(headers(["region": ["x"], "deep": 3]) == [])
    #expect(headers([:]) == [])
  }

  @Test(arguments: [
    #"{"properties": {"a": {"type": "number", "x-mcp-header": "A"}}}"#,
    #"{"properties": {"a": {"x-mcp-header": "A"}}}"#,
    #"{"properties": {"a": {"type": ["string"], "x-mcp-header": "A"}}}"#,
    #"{"properties": {"a": {"type": "string", "x-mcp-header": ""}}}"#,
    #"{"properties": {"a": {"type": "string", "x-mcp-header": "A B"}}}"#,
    #"{"properties": {"a": {"type": "string", "x-mcp-header": "A:"}}}"#,
    #"{"properties": {"a": {"type": "string", "x-mcp-header": 5}}}"#,
    #"{"properties": {"a": {"type": "string", "x-mcp-header": "A"}, "b": {"type": "string", "x-mcp-header": "a"}}}"#,
    #"{"properties": {"a": {"type": "array", "items": {"type": "string", "x-mcp-header": "A"}}}}"#,
    #"{"anyOf": [{"properties": {"a": {"type": "string", "x-mcp-header": "A"}}}]}"#,
    #"{"$defs": {"d": {"type": "string", "x-mcp-header": "A"}}}"#,
    #"{"type": "string", "x-mcp-header": "A"}"#,
  ])
  func marksThatCannotBeHonouredAreRefused(schema: String) throws {
    let schema = try JSONValue(parsing: schema)
    #expect(throws: SandboxError.self) { try MCPHeaderParameters(schema) }
  }

  @Test func namesOfPropertiesAreNoKeywords() throws {
    let parameters = try MCPHeaderParameters([
      "properties": ["x-mcp-header": ["type": "string"], "$defs": ["type": "string", "x-mcp-header": "D"]]
    ])
    #expect(parameters.headers(for: ["$defs": "v", "x-mcp-header": "w"]) == [HTTPHeader("D", "v")])
  }
}
