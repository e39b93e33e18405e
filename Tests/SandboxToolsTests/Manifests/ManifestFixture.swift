import SandboxCore
import Testing

@testable import SandboxTools

enum Manifests {
  static let builtins: Set<String> = ["echo", "list_available_tools"]

  /// A manifest that is fine, with some of its parts replaced; null takes one away.
  static func manifest(_ changes: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = [
      "id": "echo", "name": "echo", "version": "1.0.0", "type": "builtin",
      "schema": ["description": "Says it again", "parameters": ["type": "object"]],
      "metadata": ["category": "execution"],
    ]
    for (key, value) in changes { object[key] = value.isNull ? nil : value }
    return .object(object)
  }

  static func command(_ argv: JSONValue, _ changes: JSONObject = [:]) -> JSONObject {
    var object: JSONObject = ["id": "cmd", "name": "cmd", "type": "command", "command": ["argv": argv]]
    for (key, value) in changes { object[key] = value }
    return object
  }

  /// An API tool with two parameters, one of them required, and with other parts replaced.
  static func api(_ api: JSONObject = [:], _ changes: JSONObject = [:]) -> JSONValue {
    var spec: JSONObject = [
      "method": "GET", "url": "https://api.example.com/v1/items", "query": ["q": "{query}", "n": "{limit}"],
    ]
    for (key, value) in api { spec[key] = value.isNull ? nil : value }
    var object: JSONObject = [
      "id": "items", "name": "items", "type": "api", "api": .object(spec),
      "schema": [
        "description": "Finds items",
        "parameters": [
          "type": "object", "properties": ["query": ["type": "string"], "limit": ["type": "integer"]],
          "required": ["query"],
        ],
      ], "metadata": ["category": "research"],
    ]
    for (key, value) in changes { object[key] = value.isNull ? nil : value }
    return .object(object)
  }

  /// A whole MCP server, with parts replaced.
  static func mcp(_ mcp: JSONObject, _ changes: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = ["id": "server", "type": "mcp", "mcp": .object(mcp)]
    for (key, value) in changes { object[key] = value.isNull ? nil : value }
    return .object(object)
  }

  static func load(_ value: JSONValue, secrets: SecretStore = .empty) throws -> ManifestCatalog {
    let folder = try TemporaryFolder()
    return ManifestLoader.load(
      paths: [try folder.write("m.json", value.text())], builtins: builtins, secrets: secrets)
  }
}
