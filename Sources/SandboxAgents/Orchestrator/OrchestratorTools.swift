package import SandboxCore
import SandboxTools

/// The meta-agent's own tools.
package enum OrchestratorTools {
  /// Names that no manifest can take.
  package static let ids: Set<ToolID> = [
    CreatePlanTool.id, DelegateTaskTool.id, SynthesizeResultsTool.id, ExecuteToolTool.id,
  ]

  /// The session's tools that every agent has.
  static let shared: Set<ToolID> = ["query_blackboard", "write_blackboard", "list_available_tools"].reduce(into: []) {
    $0.insert(ToolID($1))
  }

  static func register(on bus: ToolBus, runner: TaskRunner) async throws(SandboxError) {
    if !runner.agents.isEmpty {
      try await bus.register(CreatePlanTool.definition, executor: CreatePlanTool(runner: runner))
      try await bus.register(DelegateTaskTool.definition, executor: DelegateTaskTool(runner: runner))
      try await bus.register(
        SynthesizeResultsTool.definition,
        executor: SynthesizeResultsTool(log: runner.log, time: runner.meter.time))
    }
    try await bus.register(ExecuteToolTool.definition, executor: ExecuteToolTool(bus: bus))
  }
}
