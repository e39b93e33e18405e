import SandboxAgents
import SandboxCore
import SandboxTools

extension Fixture {
  /// The blackboard's tools, as far as agents need them to be there.
  func sessionTools() async throws {
    for name in ["query_blackboard", "write_blackboard", "list_available_tools"] {
      try await echo(name, category: "session")
    }
  }

  /// A team of three specialists with one echo tool each.
  func team() async throws {
    try await sessionTools()
    for category in ["research", "content", "analytics"] { try await echo("echo_\(category)", category: category) }
  }

  func orchestrator(
    _ model: any LanguageModel, agents: [AgentProfile]? = nil, facts: ModelFacts = .free, instructions: String = ""
  ) async throws -> Orchestrator {
    try await Orchestrator(
      agents: agents, model: metered(model, facts: facts), instructions: instructions, bus: bus, meter: meter)
  }

  func task(_ id: String) -> TaskState? { log.read { $0.tasks[TaskID(id)] } }

  func announcements(_ type: String) async -> [JSONValue] {
    await events().compactMap { event in
      if case .announced(let announcement) = event, announcement.type == type { announcement.data } else { nil }
    }
  }
}
