import SandboxAgents
import SandboxCore
import SandboxIO
import SandboxSession

extension ConfigurationLoader {
  /// A model that cannot be had is found now, and not when the session has begun. Nothing is sent to find out.
  func models(_ configuration: RunConfiguration, _ reader: inout ConfigurationReader) {
    // Whoever only looks at the tools needs no model.
    if case .inspection = purpose { return }
    let providers = [Variable.openAIKey, .openAIBaseURL, .openRouterKey].map(\.rawValue)
    guard !reader.problems.contains(where: { providers.contains($0.place) }) else { return }
    let provider = ModelComposition.provider(configuration, transport: AsyncHTTPTransport())
    func check(_ name: String?, _ place: String) {
      do throws(SandboxError) { _ = try provider.resolve(name) } catch { reader.problem(place, error.message) }
    }
    let isVariable = reader.text(.model) != nil
    let found = reader.documentValue(["model"]) ?? reader.documentValue(["agentConfig", "model"])
    check(configuration.session.model, isVariable ? "AGENT_MODEL" : found?.place ?? "AGENT_MODEL")
    let agents = reader.text(.subAgents) != nil ? "SUB_AGENTS" : "subAgents"
    for agent in configuration.session.subAgents where agent.model != nil {
      check(agent.model, "\(agents): \(agent.id)")
    }
  }
}
