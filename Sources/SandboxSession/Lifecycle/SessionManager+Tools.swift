import SandboxCore
import SandboxTools

extension SessionManager {
  /// Puts all usable manifests on the bus, and the tools that every agent has.
  ///
  /// - Throws: `.invalidArgument` when no manifest is usable.
  func loadTools(
    on bus: ToolBus, before deadline: Deadline, opening connections: inout MCPConnections?
  ) async throws(SandboxError) -> ToolsLoaded {
    let catalog = environment.tools.catalog(
      paths: configuration.manifestPaths, inline: configuration.inlineManifests)
    let loaded = await load(catalog, on: bus, before: deadline)
    connections = loaded.connections
    for problem in loaded.problems {
      environment.notice(.init(problem.isWarning ? .info : .warning, "manifest \(problem)"))
    }
    guard !loaded.tools.isEmpty else {
      throw SandboxError(
        .invalidArgument, "No tools configured: no manifest is usable; `sandbox-entry tools lint` names every problem")
    }
    for definition in BuiltinTools.sessionTools where await bus.definition(definition.id.rawValue) == nil {
      let executor = environment.tools.executor(.builtin(handler: definition.id.rawValue), bus)
      try await bus.register(definition, executor: executor)
    }
    return ToolsLoaded(
      tools: loaded.tools.map {
        ToolsLoaded.LoadedTool(id: $0.id, version: $0.version, category: $0.category, effect: $0.effect)
      }, rejected: loaded.problems.filter { !$0.isWarning })
  }

  /// Connecting to servers may take long: a stop, or the end of the session's time, cuts it short.
  private func load(_ catalog: ManifestCatalog, on bus: ToolBus, before deadline: Deadline) async -> LoadedTools {
    let log = environment.log
    let stop = environment.stop
    let time = environment.time
    let loader = environment.tools
    return await withTaskGroup(of: LoadedTools?.self) { group in
      group.addTask {
        await loader.load(catalog, on: bus) { announcement in
          // A journal that fails says so to whoever writes next.
          try? await log.append(.announced(announcement))
        }
      }
      group.addTask {
        _ = await stop.waitForStop()
        return nil
      }
      group.addTask {
        try? await time.sleep(deadline.remaining)
        return nil
      }
      var loaded: LoadedTools?
      for await result in group {
        group.cancelAll()
        loaded = loaded ?? result
      }
      return loaded ?? LoadedTools(problems: catalog.problems)
    }
  }
}
