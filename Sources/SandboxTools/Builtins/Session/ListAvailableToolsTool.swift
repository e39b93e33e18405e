import SandboxCore

/// `list_available_tools`: what can be called.
struct ListAvailableToolsTool: BuiltinTool {
  static let name = "list_available_tools"

  private let toolList: @Sendable (String?) async -> [ToolSummary]

  init(_ context: BuiltinContext) { toolList = context.toolList }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let category = try BuiltinArguments(invocation).optionalString("category")
    return ToolOutput(
      json: .array(
        await toolList(category).map { tool in
          [
            "id": .string(tool.id.rawValue), "name": .string(tool.name), "description": .string(tool.description),
            "category": .string(tool.category),
          ]
        }))
  }
}
