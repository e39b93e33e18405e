import SandboxCore
import SandboxIO

/// `describe_table`: the tables of a file, their columns and types.
struct DescribeTableTool: BuiltinTool {
  static let name = "describe_table"

  private let workspace: Workspace

  init(_ context: BuiltinContext) { workspace = context.workspace }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let path = try BuiltinArguments(invocation).string("path")
    let description = try await TableDatabase().describe(TableSource(path: path, in: workspace))
    var result: JSONObject = ["path": .string(path)]
    for (key, value) in description.json.objectValue ?? [:] { result[key] = value }
    return ToolOutput(json: .object(result))
  }
}
