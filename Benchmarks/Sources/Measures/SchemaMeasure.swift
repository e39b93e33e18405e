import SandboxCore
import SandboxSchema

/// What checking a typical tool call costs.
struct SchemaMeasure: Sendable {
  /// Medians, for one schema or one value.
  let compile: Duration
  let valid: Duration
  let invalid: Duration
}

/// Checks the arguments of a search tool: an object of five properties with an enum, bounded strings and numbers, and a
/// list of three objects. The same once more with two mistakes, which are reported.
func measureSchema() throws -> SchemaMeasure {
  let text: JSONValue = ["type": "string", "minLength": 1, "maxLength": 400, "description": "What to look for"]
  let filter: JSONValue = [
    "type": "object",
    "properties": [
      "field": ["type": "string", "enum": ["title", "body", "author", "date"]],
      "value": ["type": "string", "maxLength": 100], "isExact": ["type": "boolean"],
    ],
    "required": ["field", "value"], "additionalProperties": false,
  ]
  let source: JSONValue = [
    "type": "object",
    "properties": [
      "query": text, "mode": ["enum": ["fast", "thorough", "exact"]],
      "limit": ["type": "integer", "minimum": 1, "maximum": 100], "cursor": ["type": ["string", "null"]],
      "filters": ["type": "array", "maxItems": 20, "items": filter],
    ],
    "required": ["query", "mode"], "additionalProperties": false,
  ]
  func filters(_ field: JSONValue) -> JSONValue {
    .array(Array(repeating: ["field": field, "value": "section 7", "isExact": true], count: 3))
  }
  func call(_ limit: JSONValue, _ field: JSONValue) -> JSONValue {
    [
      "query": "largest packages by installed size", "mode": "thorough", "limit": limit, "cursor": nil,
      "filters": filters(field),
    ]
  }
  let schema = try JSONSchema(compiling: source)
  let (valid, invalid) = (call(50, "title"), call(500, "name"))
  guard schema.validate(valid).isEmpty, schema.validate(invalid).count == 4 else {
    throw SandboxError(.internalError, "the measured schema does not do what it should")
  }
  return SchemaMeasure(
    compile: try median { _ = try JSONSchema(compiling: source) },
    valid: median { _ = schema.validate(valid) },
    invalid: median { _ = schema.validate(invalid) })
}

private func median(_ body: () throws -> Void) rethrows -> Duration {
  let rounds = 200
  var samples: [Duration] = []
  for _ in 0..<101 {
    let start = TimeSource.system.monotonic()
    for _ in 0..<rounds { try body() }
    samples.append((TimeSource.system.monotonic() - start) / rounds)
  }
  return samples.sorted()[samples.count / 2]
}
