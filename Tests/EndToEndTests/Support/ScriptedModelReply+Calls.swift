import SandboxCore
import SandboxTestKit

extension ScriptedModelReply {
  static func call(
    _ tool: String, _ arguments: JSONValue = [:], id: String = "call_1", prompt: Int = 10, completion: Int = 5
  ) -> ScriptedModelReply {
    .toolCalls(
      [ToolCall(id: id, name: tool, arguments: arguments.text(.compact))], prompt: prompt, completion: completion)
  }

  /// The meta-agent makes an artifact of its own.
  static func document(_ name: String, _ content: String, id: String = "call_document") -> ScriptedModelReply {
    .call("execute_tool", DocumentCall.arguments(name, content), id: id)
  }
}
