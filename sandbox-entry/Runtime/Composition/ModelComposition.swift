import SandboxAgents
import SandboxCore
import SandboxSession

/// Models by the providers that the configuration gives keys and addresses for.
enum ModelComposition {
  static func provider(_ configuration: RunConfiguration, transport: any HTTPTransport) -> ModelProvider {
    let variables = configuration.providers
    let factory = ModelFactory(
      settings: ProviderSettings(
        openAIKey: variables.openAIKey, openAIBaseURL: variables.openAIBaseURL, openRouterKey: variables.openRouterKey,
        anthropicKey: variables.anthropicKey, ollamaHost: variables.ollamaHost),
      transport: transport)
    return ModelProvider { name throws(SandboxError) in try factory.model(named: name) }
  }
}
