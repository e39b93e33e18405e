package import SandboxCore

/// Something that is wrong with a server or one of its tools, for the session's owner.
package struct MCPProblem: Sendable, Hashable {
  /// The manifest's id.
  package let server: ToolID
  /// The manifest's file.
  package let source: String
  package let message: String
}
