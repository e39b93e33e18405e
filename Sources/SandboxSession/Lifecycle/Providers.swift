package import SandboxAgents
package import SandboxCore
package import SandboxTools

/// Where a session's models come from.
package struct ModelProvider: Sendable {
  private let factory: @Sendable (String?) throws(SandboxError) -> ResolvedModel

  package init(_ factory: @escaping @Sendable (String?) throws(SandboxError) -> ResolvedModel) {
    self.factory = factory
  }

  /// The model of that name; nil is the session's default.
  package func resolve(_ name: String?) throws(SandboxError) -> ResolvedModel { try factory(name) }
}

/// Where the executors of a session's tools come from.
package struct ToolProvider: Sendable {
  /// The handlers that a manifest of type `builtin` may name.
  package let builtins: Set<String>
  /// The executor for a kind of tool; the bus is for those that look at the other tools.
  package let executor: @Sendable (ToolManifest.Kind, ToolBus) -> any ToolExecutor

  package init(
    builtins: Set<String>, executor: @escaping @Sendable (ToolManifest.Kind, ToolBus) -> any ToolExecutor
  ) {
    self.builtins = builtins
    self.executor = executor
  }
}
