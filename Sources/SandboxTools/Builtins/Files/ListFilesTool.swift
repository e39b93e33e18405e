import SandboxCore
import SandboxIO

/// `list_files`: what is in a folder of the workspace.
struct ListFilesTool: BuiltinTool {
  static let name = "list_files"
  static let maximumEntries = 1_000

  private let workspace: Workspace

  init(_ context: BuiltinContext) { workspace = context.workspace }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let path = try arguments.optionalString("path") ?? "."
    let pattern = try arguments.optionalString("pattern")
    let isRecursive = try arguments.bool("recursive", default: pattern?.contains("/") ?? false)
    let limit = try arguments.int("limit", in: 1...Self.maximumEntries, default: 200)
    let workspace = workspace
    return try await BlockingWork.run { cancellation throws(SandboxError) in
      var walk = FolderWalk(workspace, recursive: isRecursive, cancellation: cancellation)
      let glob = pattern.map(PathPattern.init)
      var entries: [JSONValue] = []
      var budget = ResultBudget()
      var isTruncated = false
      try walk.run(from: path) { item, _ in
        guard glob?.matches(item.path) ?? true else { return true }
        let entry: JSONValue = [
          "path": .string(item.path), "type": .string(item.kind.rawValue), "bytes": .int(Int64(item.size)),
        ]
        guard entries.count < limit, budget.admits(entry) else {
          isTruncated = true
          return false
        }
        entries.append(entry)
        return true
      }
      return ToolOutput(json: [
        "path": .string(path), "entries": .array(entries), "truncated": .bool(isTruncated || walk.isIncomplete),
      ])
    }
  }
}
