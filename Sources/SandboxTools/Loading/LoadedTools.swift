package import SandboxCore

/// What came of loading manifests.
package struct LoadedTools: Sendable {
  /// On the bus, in this order.
  package private(set) var tools: [ToolDefinition] = []
  package var problems: [ManifestProblem]
  /// To be shut down by whoever loaded them.
  package var connections: MCPConnections?

  package init(problems: [ManifestProblem]) { self.problems = problems }

  mutating func add(
    _ definition: ToolDefinition, _ executor: any ToolExecutor, to bus: ToolBus, at pointer: JSONPointer
  ) async {
    do throws(SandboxError) {
      try await bus.register(definition, executor: executor)
      tools.append(definition)
    } catch {
      problems.append(
        ManifestProblem(file: definition.source, pointer: pointer.description, reason: error.message))
    }
  }
}
