import SandboxCore

extension ModelCatalog {
  /// The day on which the prices were read. They age fast: it is told with every cost report.
  package static let snapshot = "2026-11-21"

  /// Prices in nano-dollars a token (1,000 is $1 for a million tokens): input, output, cached input, cache write.
  /// Sources: the tables of litellm 1.109.1 and genai-prices 0.2.3; where they disagree, the dearer figure. Models with
  /// prices by the hour of the day stand with their peak prices.
  static let table: [Entry] = [
    row(
      "gpt-6-astra", .openai, 10_000, 50_000, 1000, write: 12_500,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 20_000, 75_000, 2000, write: 25_000), [.reasoning, .tools, .chatToolsNeedEffortNone]),
    row(
      "gpt-6.1-sol", .openai, 2000, 10_000, 100, write: 2500,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 4000, 15_000, 200, write: 5000), [.reasoning, .tools, .chatToolsNeedEffortNone]),
    row(
      "gpt-6.1-terra", .openai, 1000, 5000, 50, write: 1250,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 2000, 7500, 100, write: 2500), [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-6-sol", .openai, 2000, 10_000, 200, write: 2500,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 4000, 15_000, 400, write: 5000), [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-6-luna", .openai, 100, 500, 10, write: 125,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 200, 750, 20, write: 250), [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-5.6-sol", .openai, 4000, 20_000, 400, write: 5000,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 8000, 30_000, 800, write: 10_000),
      [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-5.6-terra", .openai, 2000, 12_000, 200, write: 2500,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 4000, 18_000, 400, write: 5000), [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-5.6-luna", .openai, 200, 1200, 20, write: 250,
      context: 922_000, maxOut: 128_000,
      tier: tier(272_000, 400, 1800, 40, write: 500), [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-5.5", .openai, 5000, 30_000, 500,
      context: 1_050_000, maxOut: 128_000,
      tier: tier(272_000, 10_000, 45_000, 1000), [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-5.4", .openai, 2500, 15_000, 250,
      context: 1_050_000, maxOut: 128_000,
      tier: tier(272_000, 5000, 22_500, 500), [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row(
      "gpt-5.4-mini", .openai, 750, 4500, 75,
      context: 272_000, maxOut: 128_000, [.reasoning, .tools, .effortNone, .chatToolsNeedEffortNone]),
    row("gpt-5-mini", .openai, 250, 2000, 25, context: 272_000, maxOut: 128_000, [.reasoning, .tools]),
    row("gpt-4.1", .openai, 2000, 8000, 500, context: 1_047_576, maxOut: 32_768, [.tools]),
    row("gpt-4o", .openai, 2500, 10_000, 1250, context: 128_000, maxOut: 16_384, [.tools]),
    row("gpt-4o-mini", .openai, 150, 600, 75, context: 128_000, maxOut: 16_384, [.tools]),
    row("claude-fable-5-2", .anthropic, 8000, 40_000, 200, write: 10_000, context: 1_000_000, [.reasoning, .tools]),
    row(
      "claude-fable-5-1", .anthropic, 10_000, 50_000, 250, write: 12_500,
      context: 1_000_000, maxOut: 128_000, [.reasoning, .tools]),
    row(
      "claude-opus-5-5", .anthropic, 4000, 20_000, 200, write: 5000,
      context: 1_000_000, maxOut: 128_000, [.reasoning, .tools]),
    row(
      "claude-opus-5", .anthropic, 5000, 25_000, 500, write: 6250,
      context: 1_000_000, maxOut: 128_000, [.reasoning, .tools]),
    row(
      "claude-opus-4-8", .anthropic, 5000, 25_000, 500, write: 6250,
      context: 1_000_000, maxOut: 128_000, [.reasoning, .tools]),
    row(
      "claude-sonnet-5-5", .anthropic, 2000, 10_000, 100, write: 2500,
      context: 1_000_000, maxOut: 128_000, [.reasoning, .tools]),
    row(
      "claude-sonnet-5", .anthropic, 2000, 10_000, 200, write: 2500,
      context: 1_000_000, maxOut: 128_000, [.reasoning, .tools]),
    row(
      "claude-sonnet-4-6", .anthropic, 3000, 15_000, 300, write: 3750,
      context: 1_000_000, maxOut: 128_000, [.reasoning, .tools]),
    row(
      "claude-haiku-5-5", .anthropic, 100, 500, 10, write: 125,
      context: 1_000_000, maxOut: 128_000, tier: tier(100_000, 500, 2500, 50, write: 625), [.reasoning, .tools]),
    row(
      "claude-haiku-4-5", .anthropic, 1000, 5000, 100, write: 1250,
      context: 200_000, maxOut: 64_000, [.reasoning, .tools]),
    row("gemini-4-argon", .gemini, 2000, 10_000, 100, context: 1_048_576, maxOut: 1_048_576, [.reasoning, .tools]),
    row("gemini-3.8-flash", .gemini, 750, 3750, 75, context: 1_048_576, maxOut: 65_536, [.reasoning, .tools]),
    row("gemini-3.5-flash", .gemini, 1500, 9000, 150, context: 1_048_576, maxOut: 65_536, [.reasoning, .tools]),
    row(
      "gemini-3.1-pro-preview", .gemini, 2000, 12_000, 200,
      context: 1_048_576, maxOut: 65_536, tier: tier(200_000, 4000, 18_000, 400), [.reasoning, .tools]),
    row("gemini-2.5-flash", .gemini, 300, 2500, 30, context: 1_048_576, maxOut: 65_536, [.reasoning, .tools]),
    row("deepseek-v4-pro", .deepseek, 1320, 3960, 44, context: 1_000_000, maxOut: 393_216, [.reasoning, .tools]),
    row("deepseek-v4-flash", .deepseek, 300, 1200, 6, context: 1_000_000, maxOut: 393_216, [.reasoning, .tools]),
    row(
      "grok-4.7", .xai, 2000, 6000, 500,
      context: 500_000, maxOut: 500_000, tier: tier(200_000, 4000, 12_000, 1000), [.reasoning, .tools]),
    row(
      "grok-4.3", .xai, 1250, 2500, 200,
      context: 1_000_000, maxOut: 1_000_000, tier: tier(200_000, 2500, 5000, 400), [.reasoning, .tools]),
    row("mistral-large-4", .mistral, 1360, 4180, 140, context: 1_048_576, maxOut: 1_048_576, [.reasoning, .tools]),
    row("mistral-medium-3.5", .mistral, 1500, 7500, 150, context: 262_144, maxOut: 262_144, [.reasoning, .tools]),
    row("mistral-small-latest", .mistral, 150, 600, 15, context: 262_144, maxOut: 262_144, [.reasoning, .tools]),
  ]

  private enum Provider: String { case openai, anthropic, gemini, deepseek, xai, mistral }

  private static func row(
    _ id: String, _ provider: Provider, _ input: Int64, _ output: Int64, _ cached: Int64, write: Int64? = nil,
    context: Int, maxOut: Int? = nil, tier: ModelPrice.Tier? = nil, _ flags: ModelFacts.Flags
  ) -> Entry {
    Entry(
      id: id, provider: provider.rawValue,
      facts: ModelFacts(
        price: ModelPrice(input: input, output: output, cachedInput: cached, cacheWrite: write, tier: tier),
        contextWindow: context, maxOutputTokens: maxOut, flags: flags))
  }

  private static func tier(
    _ above: Int, _ input: Int64, _ output: Int64, _ cached: Int64, write: Int64? = nil
  ) -> ModelPrice.Tier {
    ModelPrice.Tier(above: above, input: input, output: output, cachedInput: cached, cacheWrite: write ?? input)
  }
}
