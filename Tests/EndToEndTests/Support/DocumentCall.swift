import SandboxCore

/// How the meta-agent makes a document through `execute_tool`.
enum DocumentCall {
  static func arguments(_ name: String, _ content: String) -> JSONValue {
    [
      "toolId": "generate_document",
      "args": ["title": .string(name), "content": .string(content), "name": .string(name)],
    ]
  }
}
