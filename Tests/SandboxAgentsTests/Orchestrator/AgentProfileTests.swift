import SandboxAgents
import SandboxCore
import Testing

@Suite struct AgentProfileTests {
  private func parse(_ text: String) throws -> ([AgentProfile], [String]) {
    var problems: [String] = []
    let profiles = AgentProfile.parse(try JSONValue(parsing: text), problems: &problems)
    return (profiles, problems)
  }

  @Test func oneForEachCategoryThatHasTools() {
    let profiles = AgentProfile.specialists(for: ["analytics", "research", "session", "execution", "zoo"])
    #expect(profiles.map(\.id.rawValue) == ["omega:research", "omega:analytics", "omega:zoo"])
    #expect(profiles.allSatisfy { !$0.specialization.isEmpty })
  }

  @Test func everythingIsRead() throws {
    let (profiles, problems) = try parse(
      #"""
      [ { "id": "seo", "name": "SEO", "categories": ["research", "analysis"], "specialization": "search engines",
          "model": "openai/gpt-4o", "instructions": "Be brief.",
          "limits": { "maxIterations": 5, "tokenLimit": 9000, "costLimit": 0.25 } },
        { "name": "Coder", "category": "utility" }, { "name": "Data & Art", "categories": ["content", "analytics"] } ]
      """#)
    #expect(problems.isEmpty)
    #expect(
      profiles == [
        AgentProfile(
          id: AgentID("seo"), name: "SEO", categories: ["research", "analytics"], specialization: "search engines",
          model: "openai/gpt-4o", instructions: "Be brief.",
          limits: AgentLimits(
            maxIterations: 5, budget: BudgetLimit(cost: Money(microdollars: 250_000), tokens: 9_000))),
        AgentProfile(id: AgentID("omega:execution"), name: "Coder", categories: ["execution"]),
        AgentProfile(id: AgentID("omega:data---art"), name: "Data & Art", categories: ["content", "analytics"]),
      ])
  }

  @Test func withoutACategoryAnAgentGetsTheToolsOfAll() throws {
    let (profiles, problems) = try parse(#"[{"name":"helper"}]"#)
    #expect(problems.isEmpty)
    #expect(profiles.first?.id == AgentID("omega:helper"))
    #expect(profiles.first?.categories == ["research", "content", "analytics", "integration", "execution"])
  }

  @Test(arguments: [
    ("{}", "must be an array"), ("[1]", "/0: must be an object"), (#"[{"category":"a"}]"#, "/0/name: is missing"),
    (#"[{"name":1,"category":"a"}]"#, "/0/name: must be text"),
    (#"[{"name":"a","category":"a","id":"x y"}]"#, "/0/id"),
    (#"[{"name":"a","category":"a","id":"meta"}]"#, "is taken"),
    (#"[{"name":"a","category":"a"},{"name":"b","category":"a"}]"#, "/1/id"),
    (#"[{"name":"a","categories":[]}]"#, "/0/categories"), (#"[{"name":"a","categories":[3]}]"#, "/0/categories"),
    (#"[{"name":"a","category":"a","limits":{"maxIterations":0}}]"#, "/0/limits/maxIterations"),
    (#"[{"name":"a","category":"a","limits":{"costLimit":-1}}]"#, "/0/limits/costLimit"),
    (#"[{"name":"a","category":"a","limits":{"x":1}}]"#, "/0/limits/x"),
    (#"[{"name":"a","category":"a","tools":1}]"#, "/0/tools"),
  ])
  func mistakesAreNamed(text: String, problem: String) throws {
    let (_, problems) = try parse(text)
    #expect(problems.contains { $0.contains(problem) }, "\(problems)")
  }

  @Test func tooManyAreRefused() throws {
    let many = "[" + Array(repeating: #"{"name":"a","category":"a"}"#, count: 100_000).joined(separator: ",") + "]"
    let (profiles, problems) = try parse(many)
    #expect(profiles.isEmpty && problems.count == 1)
  }
}
