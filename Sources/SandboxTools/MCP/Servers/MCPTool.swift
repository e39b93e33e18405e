import SandboxCore

/// One tool of a server as it stands on the bus.
struct MCPTool: Sendable {
  /// Why it cannot be called now.
  enum Obstacle: Sendable, Hashable {
    /// Its definition is another than the one that was reviewed, or taken over; with the new one's digest.
    case changed(String)
    /// The server does not list it any more.
    case gone
  }

  let definition: ToolDefinition
  /// As it is called: of what the server listed, the last that was accepted.
  var remote: MCPRemoteTool
  /// The digest that calls are allowed with.
  var accepted: String
  var obstacle: Obstacle?

  /// - Throws: `.rejected` for a definition that nobody has accepted, `.notFound` for a tool that has gone.
  func admitted() throws(SandboxError) -> MCPRemoteTool {
    switch obstacle {
    case nil: return remote
    case .changed(let digest):
      throw SandboxError(
        .rejected,
        "\(definition.id) is in quarantine: its server now defines it in another way; review it, and pin \"\(digest)\" "
          + "in \(definition.source) to allow it",
        cause: ToolFailure(isBeforeEffect: true))
    case .gone:
      throw SandboxError(
        .notFound, "the server of \(definition.id) does not offer it any more", cause: ToolFailure(isBeforeEffect: true)
      )
    }
  }
}
