import SandboxCore
import SandboxIO

/// `write_file`: replaces or creates a file of the workspace as a whole; a reader sees the old or the new content.
struct WriteFileTool: BuiltinTool {
  static let name = "write_file"
  static let maximumBytes = 8 << 20

  private let workspace: Workspace

  init(_ context: BuiltinContext) { workspace = context.workspace }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let path = try arguments.string("path")
    let content = Array(try arguments.string("content", maximumBytes: Self.maximumBytes).utf8)
    guard !(try arguments.bool("append", default: false)) else {
      throw SandboxError(.invalidArgument, "write_file replaces the whole file; append_file adds to the end of one")
    }
    let workspace = workspace
    return try await BlockingWork.run { _ throws(SandboxError) in
      let file = try FileTarget(path, in: workspace)
      try AtomicFile.write(content, to: file.absolute, mode: 0o644)
      return file.output(bytes: content.count)
    }
  }
}
