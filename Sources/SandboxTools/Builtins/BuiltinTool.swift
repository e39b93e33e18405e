import SandboxCore

/// The handler of a builtin tool.
protocol BuiltinTool: Sendable {
  /// What a manifest's `builtin` names.
  static var name: String { get }

  init(_ context: BuiltinContext)

  /// - Throws: ``SandboxError`` whose message tells the model what would be right.
  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput
}
