import SandboxCore

/// `echo`: returns its arguments; for health checks.
struct EchoTool: BuiltinTool {
  static let name = "echo"

  init(_ context: BuiltinContext) {}

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    ToolOutput(json: invocation.arguments)
  }
}
