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
      "writes": ["."],
      "command": [
        "argv": .array(argv.map { .string($0) }), "output": .string(output), "stdin": .string(stdin),
        "timeoutMs": .int(Int64(timeoutMilliseconds)),
      ],
    ]
  }

  /// A tool that is a shell script, which ``write(_:in:)`` puts into a file of its own.
  static func script(
    _ id: String, _ script: String, output: String = "text", timeoutMilliseconds: Int = 60_000
  ) -> JSONValue {
    var manifest =
      json(id, argv: ["/bin/sh"], output: output, timeoutMilliseconds: timeoutMilliseconds).objectValue ?? [:]
    manifest[scriptKey] = .string(script)
    return .object(manifest)
  }

  private static let scriptKey = "script"

  /// One of those that ship.
  static func shipped(_ path: String) -> JSONValue { Session.json("\(Program.manifests)/\(path).json") }

  /// The documents' maker and the given ones, as a file for `AGENT_MANIFESTS`.
  static func write(_ manifests: [JSONValue], in folder: Folder) throws -> String {
    let all =
      try [shipped("content/generate_document"), shipped("execution/echo")]
      + manifests.map {
        try withScriptFile($0, in: folder)
      }
    return try folder.write("manifests.json", JSONValue.array(all).text(.pretty))
  }

  private static func withScriptFile(_ manifest: JSONValue, in folder: Folder) throws -> JSONValue {
    guard var members = manifest.objectValue, members["type"] == "command" else { return manifest }
    // What else a test has put beside it.
    members["reads"] = members["reads"] ?? [.string(folder.path)]
    guard let script = members[scriptKey]?.stringValue, var command = members["command"]?.objectValue else {
      return .object(members)
    }
    let file = try folder.write("scripts/\(members["id"]?.stringValue ?? "tool").sh", script)
    members[scriptKey] = nil
    command["argv"] = ["/bin/sh", .string(file)]
    members["command"] = .object(command)
    return .object(members)
  }
}
