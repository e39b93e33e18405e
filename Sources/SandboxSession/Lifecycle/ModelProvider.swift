package import SandboxAgents
package import SandboxCore

/// Where a session's models come from.
package struct ModelProvider: Sendable {
  private let factory: @Sendable (String?) throws(SandboxError) -> ResolvedModel

  package init(_ factory: @escaping @Sendable (String?) throws(SandboxError) -> ResolvedModel) {
    self.factory = factory
  }

  /// The model of that name; nil is the session's default.
  package func resolve(_ name: String?) throws(SandboxError) -> ResolvedModel { try factory(name) }
}
