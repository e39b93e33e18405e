package import SandboxCore

/// Makes models from their names.
package struct ModelFactory: Sendable {
  private let settings: ProviderSettings
  private let transport: any HTTPTransport
  private let time: TimeSource

  package init(settings: ProviderSettings, transport: any HTTPTransport, time: TimeSource = .system) {
    self.settings = settings
    self.transport = transport
    self.time = time
  }

  /// What a session uses that names no model.
  package static let defaultOpenAIModel = "gpt-4.1"
  package static let defaultOpenRouterModel = "openai/gpt-4.1"

  /// The model of that name; without a name the first provider that has a key, and without any the offline rules.
  ///
  /// - Throws: `.invalidArgument` for a name that is none, `.unauthorized` when its provider has no key, `.unsupported`
  ///   for what this version cannot call, `.notFound` and `.invalidArgument` for a script that cannot be read.
  package func model(named name: String?) throws(SandboxError) -> ResolvedModel {
    if let name, name.contains(where: { !$0.isWhitespace }) {
      return try model(for: ModelSelection(parsing: name))
    }
    if hasText(settings.openAIKey) { return try model(for: .openai(Self.defaultOpenAIModel)) }
    if hasText(settings.openRouterKey) { return try model(for: .openrouter(Self.defaultOpenRouterModel)) }
    return ResolvedModel(model: OfflineModel(), facts: .free, isFallback: true)
  }

  package func model(for selection: ModelSelection) throws(SandboxError) -> ResolvedModel {
    switch selection {
    case .offline: return ResolvedModel(model: OfflineModel(), facts: .free)
    case .scripted(let file):
      let model = try ScriptedModel(contentsOf: file, time: time)
      return ResolvedModel(model: model, facts: model.facts)
    case .openai(let model): return try openAI(model, name: selection.name)
    case .openrouter(let model):
      guard hasText(settings.openRouterKey) else { throw missingKey("OPENROUTER_API_KEY", for: selection) }
      return chat(
        selection, model, ProviderSettings.openRouterBaseURL, key: settings.openRouterKey, .openrouter,
        facts: ModelCatalog.entry(for: model)?.facts ?? .unknown)
    case .ollama(let model):
      return chat(
        selection, model, ProviderSettings.ollamaBaseURL(settings.ollamaHost), key: nil, .ollama, facts: .free)
    }
  }

  private func openAI(_ model: String, name: String) throws(SandboxError) -> ResolvedModel {
    let selection = ModelSelection.openai(model)
    let base = hasText(settings.openAIBaseURL) ? settings.openAIBaseURL ?? "" : ProviderSettings.openAIDefaultBaseURL
    let isPublic = base.hasPrefix(ProviderSettings.openAIDefaultBaseURL)
    guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
      throw SandboxError(
        .invalidArgument, "OPENAI_BASE_URL \"\(base)\" is no http or https URL; it looks like https://host/v1")
    }
    // A server of one's own may well ask for no key; the public one always does.
    guard hasText(settings.openAIKey) || !isPublic else { throw missingKey("OPENAI_API_KEY", for: selection) }
    var facts = ModelCatalog.entry(for: model)?.facts ?? .unknown
    if isPublic {
      guard !facts.flags.contains(.chatToolsNeedEffortNone) || facts.flags.contains(.effortNone) else {
        throw SandboxError(
          .unsupported,
          "model \(name) takes tools only over an API that this version does not speak; choose another, as "
            + "openai/gpt-6.1-terra or openai/\(Self.defaultOpenAIModel)")
      }
    } else {
      // Other servers translate for the model; nothing is known about what they refuse.
      facts.flags.subtract([.chatToolsNeedEffortNone])
    }
    return chat(
      selection, model, base, key: hasText(settings.openAIKey) ? settings.openAIKey : nil,
      isPublic ? .openai : .generic, facts: facts)
  }

  private func chat(
    _ selection: ModelSelection, _ model: String, _ baseURL: String, key: String?, _ profile: OpenAIProfile,
    facts: ModelFacts
  ) -> ResolvedModel {
    ResolvedModel(
      model: OpenAIChatModel(
        name: selection.name, model: model, baseURL: baseURL, key: key, profile: profile, facts: facts,
        transport: transport, time: time),
      facts: facts)
  }

  private func missingKey(_ variable: String, for selection: ModelSelection) -> SandboxError {
    SandboxError(.unauthorized, "model \(selection.name) needs a key: set \(variable), or choose another model")
  }

  private func hasText(_ text: String?) -> Bool { text?.isEmpty == false }
}
