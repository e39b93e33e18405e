import SandboxCore
import SandboxTestKit

extension ScriptedModelReply {
  static func call(
    _ tool: String, _ arguments: JSONValue = [:], id: String = "call_1", prompt: Int = 10, completion: Int = 5
  ) -> ScriptedModelReply {
    .toolCalls([ToolCall(id: id, name: tool, arguments: arguments.text(.compact))], prompt: prompt, completion: completion)
  }

  /// The meta-agent makes an artifact of its own.
  static func document(_ name: String, _ content: String, id: String = "call_document") -> ScriptedModelReply {
    .call("execute_tool", DocumentCall.arguments(name, content), id: id)
  }
}

/// How the meta-agent makes a document through `execute_tool`.
enum DocumentCall {
  static func arguments(_ name: String, _ content: String) -> JSONValue {
    [
      "toolId": "generate_document",
      "args": ["title": .string(name), "content": .string(content), "name": .string(name)],
    ]
  }
}
