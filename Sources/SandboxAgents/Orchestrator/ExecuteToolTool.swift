import SandboxCore
import SandboxTools

/// `execute_tool`: any tool of the bus by its id. The call passes the same gates as every other and has a record of its
/// own.
struct ExecuteToolTool: ToolExecutor {
  static let id = ToolID("execute_tool")

  let bus: ToolBus

  static let definition = ToolDefinition(
    id: id, description: "Run any tool by its id; list_available_tools says which there are.",
    category: AgentProfile.sessionCategory,
    parameters: [
      "type": "object",
      "properties": ["toolId": ["type": "string"], "args": ["type": "object"]],
      "required": ["toolId"], "additionalProperties": false,
    ], effect: .unsafe, traits: [.unmetered, .untimed])

  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let tool = invocation.arguments["toolId"]?.stringValue ?? ""
    let found = await bus.definition(tool)
    if let found, OrchestratorTools.ids.contains(found.id) {
      throw SandboxError(.invalidArgument, "\(tool) cannot be run through execute_tool; call it itself")
    }
    let arguments = invocation.arguments["args"]?.text(.compact) ?? ""
    let result = try await bus.execute(
      ToolCall(
        id: CallID("\(invocation.callID).0"), taskID: invocation.taskID, agentID: invocation.agentID, tool: tool,
        arguments: arguments, parentCallID: invocation.callID))
    if let error = result.error { throw SandboxError(error.code, result.text) }
    return ToolOutput(text: result.text)
  }
}
