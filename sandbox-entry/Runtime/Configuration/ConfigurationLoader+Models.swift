import SandboxAgents
import SandboxCore
import SandboxIO
import SandboxSession

extension ConfigurationLoader {
  /// A model that cannot be called, or not within the limits, is found out before anything starts. Nothing is sent to find
  /// out.
  func models(_ configuration: RunConfiguration, _ reader: inout ConfigurationReader) {
    // A key or an address that is wrong has been reported; the model is not to blame then.
    let variables = [Variable.openAIKey, .openAIBaseURL, .openRouterKey].map(\.rawValue)
    guard !reader.problems.contains(where: { variables.contains($0.place) }) else { return }
    let provider = ModelComposition.provider(configuration, transport: AsyncHTTPTransport())
    let session = configuration.session
    func check(_ name: String?, _ place: String, _ about: String = "") {
      do throws(SandboxError) {
        try provider.resolve(name).checkPriced(under: session.limits)
      } catch {
        reader.problem(place, about + error.message)
      }
    }
    let isVariable = reader.text(.model) != nil
    let found = reader.documentValue(["model"]) ?? reader.documentValue(["agentConfig", "model"])
    check(session.model, isVariable ? "AGENT_MODEL" : found?.place ?? "AGENT_MODEL")
    for agent in session.subAgents where agent.model != nil { check(agent.model, "SUB_AGENTS", "\(agent.id): ") }
  }
}
