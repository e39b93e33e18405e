import SandboxCore

/// Manifests of API tools and MCP servers, in the category whose tools are the meta-agent's own.
enum ToolManifests {
  static func api(
    _ id: String, _ api: JSONObject, parameters: JSONObject = [:], required: [JSONValue] = [],
    effect: String = "pure", extra: JSONObject = [:]
  ) -> JSONValue {
    var manifest: JSONObject = [
      "id": .string(id), "version": "2.1.0", "type": "api", "effect": .string(effect),
      "schema": [
        "description": .string("An API of the tests (\(id))"),
        "parameters": ["type": "object", "properties": .object(parameters), "required": .array(required)],
      ],
      "metadata": ["category": "execution"], "api": .object(api),
    ]
    for (key, value) in extra { manifest[key] = value }
    return .object(manifest)
  }

  static func server(_ id: String, _ mcp: JSONObject, tools: JSONValue = ["*"], extra: JSONObject = [:]) -> JSONValue {
    var manifest: JSONObject = [
      "id": .string(id), "version": "1.0.0", "type": "mcp", "metadata": ["category": "execution"],
      "mcp": .object(mcp), "tools": tools,
    ]
    for (key, value) in extra { manifest[key] = value }
    return .object(manifest)
  }
}
