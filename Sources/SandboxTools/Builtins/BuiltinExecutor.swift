package import SandboxCore

/// Runs the builtin tools, each by its handler.
///
/// The handler is the one that the executor was bound to, otherwise the one that has the tool's name, otherwise its id.
package struct BuiltinExecutor: ToolExecutor {
  private static let types: [any BuiltinTool.Type] = [
    ListFilesTool.self, ReadFileTool.self, WriteFileTool.self, AppendFileTool.self, SearchTextTool.self,
    DescribeTableTool.self, QueryTableTool.self, GenerateDocumentTool.self, GenerateChartTool.self,
    GenerateCanvasTool.self, FetchAndParseTool.self, ExecuteCodeTool.self, ExecuteTypeScriptTool.self,
    QueryBlackboardTool.self, WriteBlackboardTool.self, ListAvailableToolsTool.self, EchoTool.self,
  ]

  /// What a manifest's `builtin` may name.
  package static let handlerNames = Set(types.map { $0.name })

  private let tools: [String: any BuiltinTool]
  private let handler: String?

  package init(_ context: BuiltinContext) {
    tools = Dictionary(Self.types.map { ($0.name, $0.init(context)) }) { first, _ in first }
    handler = nil
  }

  private init(tools: [String: any BuiltinTool], handler: String) {
    self.tools = tools
    self.handler = handler
  }

  /// The same executor for a tool whose manifest names the handler.
  package func bound(to handler: String) -> BuiltinExecutor { BuiltinExecutor(tools: tools, handler: handler) }

  /// - Throws: `.notFound` with `Unknown builtin tool: X`; else what the handler throws.
  package func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let names = handler.map { [$0] } ?? [invocation.definition.name, invocation.definition.id.rawValue]
    guard let tool = names.lazy.compactMap({ tools[$0] }).first else {
      throw SandboxError(.notFound, "Unknown builtin tool: \(names[0])")
    }
    return try await tool.run(invocation).unkept
  }
}
