import SandboxAgents
import SandboxCore
import Testing

@Suite struct ModelCatalogTests {
  @Test func tableIsWhole() throws {
    #expect(ModelCatalog.entries.count == 37)
    for entry in ModelCatalog.entries.values {
      let price = try #require(entry.facts.price)
      #expect(price.input > 0 && price.output > price.input && price.cachedInput <= price.input, "\(entry.id)")
    }
  }

  @Test func workedExamples() throws {
    let sonnet = try #require(ModelCatalog.entry(for: "claude-sonnet-5-5")?.facts.price)
    #expect(
      sonnet.cost(of: TokenUsage(input: 25_000, output: 500, cachedInput: 20_000, cacheWrite: 4_000))
        == Money(microdollars: 19_000))
    let sol = try #require(ModelCatalog.entry(for: "gpt-6.1-sol")?.facts.price)
    #expect(
      sol.cost(of: TokenUsage(input: 300_000, output: 1_000, cachedInput: 200_000)) == Money(microdollars: 455_000))
  }

  @Test(arguments: [
    ("gpt-4o", "gpt-4o"), ("openai/gpt-4o", "gpt-4o"), ("openrouter/openai/gpt-4o", "gpt-4o"),
    ("gpt-4o:free", "gpt-4o"), ("openai/gpt-4o-2024-08-06", "gpt-4o"),
    ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
    ("gpt-4.1-latest", "gpt-4.1"), ("mistral-small-latest", "mistral-small-latest"), ("gpt-4o-20240806:x", "gpt-4o"),
  ])
  func lookup(name: String, id: String) { #expect(ModelCatalog.entry(for: name)?.id == id) }

  @Test(arguments: ["", "gpt-4", "gpt-4o-x", "gpt-4o-2024-8-06", "/", ":", "-latest", "llama3"])
  func unknownIsUnknown(name: String) { #expect(ModelCatalog.entry(for: name) == nil) }

  @Test func flags() {
    #expect(ModelCatalog.entry(for: "gpt-6-luna")?.facts.flags.contains(.effortNone) == true)
    #expect(ModelCatalog.entry(for: "gpt-6-astra")?.facts.flags.contains(.effortNone) == false)
    #expect(ModelCatalog.entry(for: "gpt-4o")?.facts.maxOutputTokens == 16_384)
  }
}
