import SandboxCore

/// Manifests of command tools, in the category whose tools are the meta-agent's own.
enum CommandManifest {
  static func json(
    _ id: String, argv: [String], output: String = "text", stdin: String = "none", timeoutMilliseconds: Int = 60_000,
    properties: JSONObject = [:]
  ) -> JSONValue {
    [
      "id": .string(id), "name": .string(id), "version": "1.0.0", "type": "command", "effect": "unsafe",
      "schema": [
        "description": .string("A tool of the tests (\(id))"),
        "parameters": ["type": "object", "properties": .object(properties)],
      ],
      "metadata": ["category": "execution"],
      "command": [
        "argv": .array(argv.map { .string($0) }), "output": .string(output), "stdin": .string(stdin),
        "timeoutMs": .int(Int64(timeoutMilliseconds)),
      ],
    ]
  }

  /// A tool that is a shell script of the manifest's own.
  static func script(
    _ id: String, _ script: String, output: String = "text", timeoutMilliseconds: Int = 60_000
  ) -> JSONValue {
    json(id, argv: ["/bin/sh", "-c", script], output: output, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// One of those that ship.
  static func shipped(_ path: String) -> JSONValue { Session.json("\(Program.manifests)/\(path).json") }

  /// The documents' maker and the given ones, as a file for `AGENT_MANIFESTS`.
  static func write(_ manifests: [JSONValue], in folder: Folder) throws -> String {
    let all = [shipped("content/generate_document"), shipped("execution/echo")] + manifests
    return try folder.write("manifests.json", JSONValue.array(all).text(.pretty))
  }
}
