import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Limits of money and tokens, against what the provider bills")
struct CostLimitTests {
  private func session(_ url: String, in folder: Folder, _ environment: [String: String]) throws -> Session {
    // The sub-agents' own tool, under a category that is theirs.
    var echo = CommandManifest.shipped("execution/echo").objectValue ?? [:]
    echo["metadata"] = ["category": "research"]
    let manifests: JSONValue = [CommandManifest.shipped("content/generate_document"), .object(echo)]
    var session = try Session(model: url, in: folder)
    session.environment["AGENT_MANIFESTS"] = try folder.write("team.json", manifests.text(.pretty))
    session.environment["AGENT_MAX_CONCURRENT_AGENTS"] = "16"
    session.environment["AGENT_MAX_ITERATIONS"] = "10000"
    session.environment["LOG_LEVEL"] = "error"
    session.environment.merge(environment) { $1 }
    return session
  }

  /// Runs the team until a limit ends it, and checks everything that does not depend on which limit it was.
  private func run(
    _ team: GreedyTeam, _ environment: [String: String], isSmall: Bool = false,
    _ check: (Session, Session.Ended, SessionState) throws -> Void
  ) async throws {
    try await Folder.with { folder in
      let server = team.server()
      try await server.run { url in
        let session = try session(url, in: folder, environment)
        let ended = try await session.run()
        #expect(ended.code == 81, "\(ended.standardError)")
        #expect(session.status["outcome"]?.stringValue == "cost_limit")
        #expect(team.books.workers >= (isSmall ? 1 : GreedyTeam.agents))
        #expect(team.books.uncapped == 0)
        if !isSmall { #expect(server.peakConcurrency >= 2, "the agents work at the same time") }
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
        #expect(session.result["answer"]?.stringValue?.isEmpty == false)
        try await session.expectConsistent(ended)
        try check(session, ended, SessionState.fold(try await session.journal()))
      }
    }
  }

  @Test(
    "Sixteen agents never bill more than the cost limit",
    arguments: [(1, "0.35"), (2, "0.5"), (3, "0.8"), (4, "1.03"), (14, "0.21"), (15, "0.3")])
  func cost(seed: Int, limit: String) async throws {
    let team = GreedyTeam(seed: UInt64(seed))
    let cap = seed % 10 >= 4 ? "4000" : "1000"
    try await run(team, ["AGENT_COST_LIMIT_USD": limit, "AGENT_MAX_TOKENS_PER_REQUEST": cap], isSmall: seed > 10) {
      session, _, state in
      let dollars = try #require(Double(limit))
      #expect(team.billedDollars <= dollars)
      #expect(team.billedDollars > dollars / 4, "the limit is there to be used")
      // What the runtime charged is at least what was billed, and within the limit, too.
      let charged = try #require(session.result["usage"]?["costUsd"]?.doubleValue)
      #expect(charged >= team.billedDollars - 0.000_001)
      #expect(charged <= dollars)
      #expect(state.budget.session.spent.cost.dollars <= dollars)
      let reason = session.status["reason"]
      #expect(reason?["kind"]?.stringValue == "cost")
      #expect(reason?["detail"]?.stringValue?.contains("cost limit") == true)
    }
  }

  @Test("Sixteen agents never use more than the token limit", arguments: [(5, 60_000), (6, 100_000)])
  func tokens(seed: Int, limit: Int) async throws {
    let team = GreedyTeam(seed: UInt64(seed))
    try await run(team, ["AGENT_TOKEN_LIMIT": String(limit), "AGENT_MAX_TOKENS_PER_REQUEST": "1000"]) {
      session, _, state in
      #expect(team.books.tokens <= limit)
      #expect(team.books.tokens > limit / 4)
      #expect(state.budget.session.spent.tokens <= limit)
      let reason = session.status["reason"]
      #expect(reason?["kind"]?.stringValue == "tokens")
      #expect(reason?["detail"]?.stringValue?.contains("token limit \(limit)") == true)
    }
  }

  @Test("A limit that does not even allow the first call")
  func tooSmall() async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer([.text("never")])
      try await server.run { url in
        let session = try session(url, in: folder, ["AGENT_COST_LIMIT_USD": "0.000001"])
        let ended = try await session.run()
        #expect(ended.code == 81, "\(ended.standardError)")
        #expect(server.requestCount == 0)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("A provider that bills more than was possible: recorded as it is, and nothing more is spent")
  func liar() async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer([
        .call("execute_tool", ["toolId": "echo", "args": ["text": "x"]], prompt: 1_000_000, completion: 1_000_000),
        .text("never"),
      ])
      try await server.run { url in
        let session = try session(url, in: folder, ["AGENT_COST_LIMIT_USD": "1"])
        let ended = try await session.run()
        #expect(ended.code == 81, "\(ended.standardError)")
        #expect(server.requestCount == 1)
        #expect(session.result["usage"]?["costUsd"]?.doubleValue == 12.5)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("A provider that reports no usage, or an impossible one, is charged in full", arguments: [0, 1])
  func silentProvider(kind: Int) async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer { _ in
        kind == 0 ? .textWithoutUsage("Done.") : .text("Done.", prompt: -5, completion: -1_000_000)
      }
      try await server.run { url in
        let session = try session(url, in: folder, ["AGENT_COST_LIMIT_USD": "1"])
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        let charged = try #require(session.result["usage"]?["costUsd"]?.doubleValue)
        if kind == 0 {
          // The whole cap of 4,000 tokens, and the prompt.
          #expect(charged >= 0.04)
        } else {
          #expect(charged >= 0)
        }
        #expect(charged <= 1)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("A model without a price under a cost limit is refused before the first call")
  func unpriced() async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer([.text("never")])
      try await server.run { url in
        let session = try session(
          url, in: folder, ["AGENT_COST_LIMIT_USD": "1", "AGENT_MODEL": "openai/model-of-tomorrow"])
        let ended = try await session.run()
        #expect(ended.code == 78, "\(ended.standardError)")
        #expect(ended.standardError.contains("AGENT_MODEL: model openai/model-of-tomorrow has no known price"))
        #expect(server.requestCount == 0)
        #expect(!folder.exists("state"))
      }
    }
  }

  @Test("So is one of a sub-agent")
  func unpricedSubAgent() async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer([.text("never")])
      try await server.run { url in
        let session = try session(
          url, in: folder,
          [
            "AGENT_COST_LIMIT_USD": "1",
            "SUB_AGENTS": #"[{"name":"r","category":"research","model":"openai/model-of-tomorrow"}]"#,
          ])
        let ended = try await session.run()
        #expect(ended.code == 78, "\(ended.standardError)")
        #expect(ended.standardError.contains("SUB_AGENTS"))
        #expect(
          ended.standardError.contains("omega:research: model openai/model-of-tomorrow"), "\(ended.standardError)")
        #expect(server.requestCount == 0)
      }
    }
  }

  @Test("Without a limit a model without a price is fine")
  func unpricedUnlimited() async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer([.text("Done.")])
      try await server.run { url in
        let session = try session(url, in: folder, ["AGENT_MODEL": "openai/model-of-tomorrow"])
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("Tools that cost money count against the same limit")
  func toolCosts() async throws {
    try await Folder.with { folder in
      var tool = CommandManifest.script("probe", "echo paid >>calls").objectValue ?? [:]
      tool["metadata"] = ["category": "execution", "costEstimate": ["perRequest": 0.25, "currency": "USD"]]
      let server = ScriptedModelServer { request in
        request.toolNames.isEmpty ? .text("What is known.") : .call("probe", id: "c\(request.number)")
      }
      try await server.run { url in
        var session = try Session(model: url, in: folder, manifests: [.object(tool)])
        session.environment["AGENT_COST_LIMIT_USD"] = "1"
        let ended = try await session.run()
        #expect(ended.code == 81, "\(ended.standardError)")
        let calls = LaunchedSession.text("\(session.directory)/workspace/calls").split(separator: "\n").count
        #expect((1...3).contains(calls), "four calls and the model would be more than a dollar: \(calls)")
        let charged = try #require(session.result["usage"]?["costUsd"]?.doubleValue)
        #expect(charged <= 1)
        #expect(charged >= Double(calls) * 0.25)
        try await session.expectConsistent(ended)
      }
    }
  }
}
