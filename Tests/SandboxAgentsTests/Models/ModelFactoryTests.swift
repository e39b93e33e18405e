import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

@Suite struct ModelFactoryTests {
  private func factory(_ settings: ProviderSettings = ProviderSettings()) -> (ModelFactory, FakeTransport) {
    let transport = FakeTransport(.fine)
    return (ModelFactory(settings: settings, transport: transport), transport)
  }

  private func url(_ name: String, _ settings: ProviderSettings) async throws -> String? {
    let (factory, transport) = factory(settings)
    _ = try await factory.model(named: name).model.respond(to: OpenAIRequestTests.request())
    return transport.requests.first?.url
  }

  @Test func addresses() async throws {
    #expect(
      try await url("openai/gpt-4o", ProviderSettings(openAIKey: "k")) == "https://api.openai.com/v1/chat/completions")
    #expect(
      try await url("gpt-4o", ProviderSettings(openAIKey: "k", openAIBaseURL: "http://127.0.0.1:9/v1"))
        == "http://127.0.0.1:9/v1/chat/completions")
    #expect(
      try await url("openrouter/x/y", ProviderSettings(openRouterKey: "k"))
        == "https://openrouter.ai/api/v1/chat/completions")
    for (host, base) in [
      (nil, "http://localhost:11434"), ("", "http://localhost:11434"), ("box", "http://box:11434"),
      ("box:8080", "http://box:8080"), ("http://box:1/", "http://box:1"),
      ("https://ollama.example", "https://ollama.example"),
      ("0.0.0.0", "http://127.0.0.1:11434"), ("0.0.0.0:5", "http://127.0.0.1:5"), ("[::1]", "http://[::1]:11434"),
      ("http://box:1/v1", "http://box:1"),
    ] as [(String?, String)] {
      #expect(try await url("ollama/llama3", ProviderSettings(ollamaHost: host)) == "\(base)/v1/chat/completions")
    }
  }

  @Test func firstProviderWithAKeyElseOffline() throws {
    let both = try factory(ProviderSettings(openAIKey: "k", openRouterKey: "k")).0.model(named: nil)
    #expect(both.model.name == "openai/gpt-4.1" && !both.isFallback)
    let router = try factory(ProviderSettings(openAIKey: "", openRouterKey: "k")).0.model(named: " ")
    #expect(router.model.name == "openrouter/openai/gpt-4.1")
    #expect(router.facts.price != nil)
    let none = try factory().0.model(named: nil)
    #expect(none.model.name == "offline" && none.isFallback && none.facts.price == .free)
    #expect(try factory().0.model(named: "offline").isFallback == false)
  }

  @Test(arguments: [
    ("openai/gpt-4o", SandboxError.Code.unauthorized, "OPENAI_API_KEY"),
    ("openrouter/a/b", .unauthorized, "OPENROUTER_API_KEY"), ("anthropic/claude-opus-5", .unsupported, "not available"),
    ("replay:x", .unsupported, "not available"), ("claude-opus-5", .unsupported, "openrouter"),
    ("llama3", .invalidArgument, "openai/NAME"), ("openai/", .invalidArgument, "openai/NAME"),
    ("scripted:", .invalidArgument, "scripted:FILE"), ("scripted:/no/such/file", .notFound, "/no/such/file"),
  ])
  func clearErrors(name: String, code: SandboxError.Code, word: String) {
    let error = #expect(throws: SandboxError.self) { try factory().0.model(named: name) }
    #expect(error?.code == code)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
  }

  @Test func prices() throws {
    let settings = ProviderSettings(openAIKey: "k", openAIBaseURL: "http://localhost:1/v1")
    #expect(try factory(settings).0.model(named: "openai/gpt-4o").facts.price?.input == 2_500)
    #expect(try factory(settings).0.model(named: "openai/bench-x").facts.price == nil)
    #expect(try factory(settings).0.model(named: "ollama/bench-x").facts.price == .free)
  }

  @Test func unpricedModelIsRefusedOnlyUnderACostLimit() throws {
    let settings = ProviderSettings(openAIBaseURL: "http://localhost:1/v1")
    let model = try factory(settings).0.model(named: "openai/bench-x")
    var limits = ExecutionLimits()
    limits.tokenLimit = 5
    try model.checkPriced(under: limits)
    limits.costLimit = Money(microdollars: 1)
    let error = #expect(throws: SandboxError.self) { try model.checkPriced(under: limits) }
    #expect(error?.code == .invalidArgument && error?.message.contains("openai/bench-x") == true)
  }

  @Test func modelThatNeedsTheOtherProtocolIsRefused() throws {
    let error = #expect(throws: SandboxError.self) {
      try factory(ProviderSettings(openAIKey: "k")).0.model(named: "openai/gpt-6-astra")
    }
    #expect(error?.code == .unsupported)
    // Behind a gateway it may well work.
    _ = try factory(ProviderSettings(openAIBaseURL: "http://localhost:1/v1")).0.model(named: "openai/gpt-6-astra")
  }

  @Test func baseURLMustBeOne() {
    let settings = ProviderSettings(openAIBaseURL: "localhost:1")
    let error = #expect(throws: SandboxError.self) { try factory(settings).0.model(named: "openai/gpt-4o") }
    #expect(error?.code == .invalidArgument)
  }
}
