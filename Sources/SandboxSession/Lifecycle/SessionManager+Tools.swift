import SandboxCore
import SandboxTools

extension SessionManager {
  /// Puts all usable manifests on the bus, and the tools that every agent has.
  ///
  /// - Throws: `.invalidArgument` when no manifest is usable.
  func loadTools(on bus: ToolBus) async throws(SandboxError) -> ToolsLoaded {
    let catalog = ManifestLoader.load(
      paths: configuration.manifestPaths, inline: configuration.inlineManifests, builtins: environment.tools.builtins)
    var problems = catalog.problems
    var tools: [ToolsLoaded.LoadedTool] = []
    for manifest in catalog.manifests {
      let definition = manifest.definition()
      do throws(SandboxError) {
        try await bus.register(definition, executor: environment.tools.executor(manifest.kind, bus))
        tools.append(
          ToolsLoaded.LoadedTool(
            id: definition.id, version: definition.version, category: definition.category, effect: definition.effect))
      } catch {
        problems.append(
          ManifestProblem(file: manifest.file, pointer: manifest.pointer.description, reason: error.message))
      }
    }
    for problem in problems {
      environment.notice(.init(problem.isWarning ? .info : .warning, "manifest \(problem)"))
    }
    guard !tools.isEmpty else {
      throw SandboxError(
        .invalidArgument, "No tools configured: no manifest is usable; `sandbox-entry tools lint` names every problem")
    }
    for definition in BuiltinTools.sessionTools where await bus.definition(definition.id.rawValue) == nil {
      let executor = environment.tools.executor(.builtin(handler: definition.id.rawValue), bus)
      try await bus.register(definition, executor: executor)
    }
    return ToolsLoaded(tools: tools, rejected: problems.filter { !$0.isWarning })
  }
}
