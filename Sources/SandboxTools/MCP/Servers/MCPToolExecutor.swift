package import SandboxCore

/// Calls one tool of one MCP server.
package struct MCPToolExecutor: ToolExecutor {
  private let server: MCPServer
  private let remoteName: String

  init(_ server: MCPServer, _ remoteName: String) {
    self.server = server
    self.remoteName = remoteName
  }

  /// - Throws: `.toolFailed` with what the tool said; `.invalidResponse` for a result that breaks the protocol or the
  ///   tool's own schema; `.rejected` for a tool in quarantine, or a request that the server refuses; `.unavailable`
  ///   when the server is lost, or stays down.
  package func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    try await server.call(remoteName, invocation)
  }
}
