import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Where a configuration comes from, and which source wins")
struct ConfigurationSourceTests {
  private static let identity = ["WORKSPACE_ID": "w1", "SANDBOX_ID": "b1", "USER_ID": "u1"]

  /// Runs a body with a folder, a model that answers at once, and a cloud.
  private func surroundings(
    _ body: (Folder, ScriptedModelServer, _ modelURL: String, FakeConvex, _ cloudURL: String) async throws -> Void
  ) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      let cloud = FakeConvex()
      try await model.run { modelURL in
        try await cloud.run { cloudURL in try await body(folder, model, modelURL, cloud, cloudURL) }
      }
    }
  }

  /// Command line > environment > file > cloud > default, each seen when the stronger ones are silent.
  @Test func precedence() async throws {
    try await surroundings { folder, model, modelURL, cloud, cloudURL in
      func document(_ name: String) -> JSONValue {
        ["model": .string("openai/of-\(name)"), "userRequest": .string("Request of the \(name).")]
      }
      let file = try folder.write("c.json", document("file").text())
      let names = ["option", "environment", "file", "cloud", "default"]
      for (index, name) in names.enumerated() {
        var session = Session(name, in: folder, modelURL: modelURL, environment: Self.identity)
        session.environment["CONVEX_URL"] = cloudURL
        cloud.set(configuration: index <= 3 ? document("cloud") : ["userRequest": "Request of the default."], of: name)
        session.environment["AGENT_MODEL"] = index <= 1 ? "openai/of-environment" : nil
        session.environment["USER_REQUEST"] = index <= 1 ? "Request of the environment." : nil
        session.environment["AGENT_CONFIG"] = index <= 2 ? file : nil
        if index == 0 {
          session.arguments = ["run", "--model", "openai/of-option", "--request", "Request of the option."]
        }
        let before = model.requestCount
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(name): \(ended)")
        let used = model.requests.dropFirst(before).map(\.model)
        #expect(used == [name == "default" ? "gpt-4.1" : "of-\(name)"], "\(name)")
        #expect(session.result["request"] == .string("Request of the \(name)."))
        #expect(cloud.statuses(of: name).last == "completed")
        try await session.expectConsistent(ended)
      }
    }
  }

  /// A file given by option, by variable, by `AGENT_CONFIG_FILE` and on standard input is the same file.
  @Test(arguments: ["option", "variable", "standard input"])
  func theFile(given: String) async throws {
    try await surroundings { folder, _, modelURL, _, _ in
      let file = try folder.write(
        "c.json", "{\"sessionId\": \"from-file\", \"userRequest\": \"Hello?\", \"mode\": \"research\"}")
      var session = Session("from-file", in: folder, modelURL: modelURL)
      session.environment["SESSION_ID"] = nil
      session.environment["USER_REQUEST"] = nil
      var line: String?
      switch given {
      case "option": session.arguments = ["run", "--config", file]
      case "variable": session.environment["AGENT_CONFIG"] = file
      default: line = "exec PROGRAM run --config - < '\(file)'"
      }
      let ended = try await session.run(shell: line) { _ in }.ended
      #expect(ended.code == 0, "\(ended)")
      #expect(session.result["request"] == "Hello?")
      try await session.expectConsistent(ended)
    }
  }

  @Test func theEnvironmentMayOnlyLowerLimits() async throws {
    try await surroundings { folder, _, modelURL, cloud, cloudURL in
      let allowed: JSONValue = [
        "maxDuration": 60_000, "costLimit": 0.5, "tokenLimit": 90_000, "maxTokensPerRequest": 900,
        "maxConcurrentTools": 4, "maxConcurrentAgents": 5, "maxAPICallsPerMinute": 600, "maxIterations": 7,
      ]
      let higher = [
        "AGENT_MAX_DURATION_MS": "70000", "AGENT_COST_LIMIT_USD": "0.500001", "AGENT_TOKEN_LIMIT": "90001",
        "AGENT_MAX_TOKENS_PER_REQUEST": "901", "AGENT_MAX_CONCURRENT_TOOLS": "5", "AGENT_MAX_CONCURRENT_AGENTS": "6",
        "AGENT_MAX_CALLS_PER_MIN": "601", "AGENT_MAX_ITERATIONS": "8",
      ]
      let lower = [
        "AGENT_MAX_DURATION_MS": "50000", "AGENT_COST_LIMIT_USD": "0.499999", "AGENT_TOKEN_LIMIT": "80000",
        "AGENT_MAX_TOKENS_PER_REQUEST": "800", "AGENT_MAX_CONCURRENT_TOOLS": "3", "AGENT_MAX_CONCURRENT_AGENTS": "2",
        "AGENT_MAX_CALLS_PER_MIN": "500", "AGENT_MAX_ITERATIONS": "6",
      ]
      let whenAllowed: JSONValue = [
        "maxDurationMs": 60_000, "costLimitUsd": 0.5, "tokenLimit": 90_000, "maxTokensPerRequest": 900,
        "maxConcurrentTools": 4, "maxConcurrentAgents": 5, "maxCallsPerMinute": 600, "maxIterations": 7,
      ]
      let whenLowered: JSONValue = [
        "maxDurationMs": 50_000, "costLimitUsd": 0.499999, "tokenLimit": 80_000, "maxTokensPerRequest": 800,
        "maxConcurrentTools": 3, "maxConcurrentAgents": 2, "maxCallsPerMinute": 500, "maxIterations": 6,
      ]
      for source in ["file", "cloud"] {
        for (name, variables, expected) in [("higher", higher, whenAllowed), ("lower", lower, whenLowered)] {
          let id = "\(source)-\(name)"
          var session = Session(
            id, in: folder, modelURL: modelURL, environment: variables.merging(Self.identity) { $1 })
          if source == "file" {
            session.environment["AGENT_CONFIG"] = try folder.write(
              "c.json", JSONValue.object(["executionLimits": allowed]).text())
          } else {
            session.environment["CONVEX_URL"] = cloudURL
            cloud.set(configuration: ["executionLimits": allowed], of: id)
          }
          let ended = try await session.finish()
          #expect(ended.code == 0, "\(id): \(ended)")
          #expect(session.status["limits"] == expected, "\(id)")
          for variable in variables.keys.sorted() {
            let isSaid = ended.errorLines.contains { $0.hasPrefix("warning: \(variable)") && $0.contains("more than") }
            #expect(isSaid == (name == "higher"), "\(id): \(variable) in \(ended.standardError)")
          }
          try await session.expectConsistent(ended)
        }
      }
    }
  }

  @Test(arguments: [
    ("SESSION_ID", "sessionId"), ("WORKSPACE_ID", "workspaceId"), ("SANDBOX_ID", "sandboxId"), ("USER_ID", "userId"),
  ])
  func idsMustAgree(variable: String, key: String) async throws {
    try await surroundings { folder, model, modelURL, cloud, cloudURL in
      let other: JSONValue = .object([key: "another"])
      var session = Session(in: folder, modelURL: modelURL, environment: Self.identity)
      session.environment["AGENT_CONFIG"] = try folder.write("c.json", other.text())
      let byFile = try await session.finish()
      #expect(byFile.code == 78)
      #expect(
        byFile.errorLines.count == 1 && byFile.standardError.contains("configuration file /\(key): "), "\(byFile)")
      session.environment["AGENT_CONFIG"] = nil
      session.environment["CONVEX_URL"] = cloudURL
      cloud.set(configuration: other, of: "s1")
      let byCloud = try await session.finish()
      #expect(byCloud.code == 78)
      #expect(
        byCloud.errorLines.count == 1 && byCloud.standardError.contains("cloud configuration /\(key): "), "\(byCloud)")
      for ended in [byFile, byCloud] {
        #expect(ended.standardError.contains(variable) && ended.standardError.contains("they must agree"), "\(ended)")
      }
      #expect(cloud.calls.map(\.path) == ["sessions:getConfig"], "it was asked, and told nothing")
      #expect(model.requestCount == 0 && !folder.exists("state"))
    }
  }

  /// What the cloud does not bring either is missing after all; nothing is run then.
  @Test func theCloudDoesNotKnowEither() async throws {
    try await surroundings { folder, model, modelURL, cloud, cloudURL in
      var session = Session(in: folder, modelURL: modelURL)
      session.environment["USER_REQUEST"] = nil
      session.environment["CONVEX_URL_FILE"] = try folder.write("url", "\(cloudURL)\n")
      let ended = try await session.finish()
      #expect(ended.code == 78)
      #expect(ended.errorLines.count == 3, "\(ended)")
      for text in ["Missing workspaceId", "Missing sandboxId", "Missing userRequest"] {
        #expect(ended.standardError.contains(text), "\(ended)")
      }
      #expect(cloud.calls.count == 1 && model.requestCount == 0 && !folder.exists("state"))
    }
  }

  @Test func variablesFromFiles() async throws {
    try await surroundings { folder, model, modelURL, cloud, cloudURL in
      cloud.require(authorization: "Bearer token-of-a-file")
      let values = [
        "SESSION_ID": "of-a-file", "USER_REQUEST": "A request\nof two lines.\n\n", "WORKSPACE_ID": "w1\r\n",
        "SANDBOX_ID": "b1", "CONVEX_URL": cloudURL, "CONVEX_AUTH_TOKEN": "token-of-a-file\n",
        "OPENAI_API_KEY": "key-of-a-file\n", "OPENAI_BASE_URL": "\(modelURL)\n", "AGENT_MODEL": "openai/of-a-file",
        "AGENT_MAX_ITERATIONS": "9\n", "AGENT_STATE_DIR": "\(folder.path)/state\n",
        "AGENT_MANIFESTS": Program.manifests,
      ]
      var session = Session("of-a-file", in: folder)
      session.environment = [:]
      for (name, value) in values { session.environment["\(name)_FILE"] = try folder.write(name, value) }
      let ended = try await session.finish()
      #expect(ended.code == 0, "\(ended)")
      #expect(session.result["request"] == "A request\nof two lines.")
      #expect(session.status["limits"]?["maxIterations"] == 9)
      #expect(model.requests.map(\.authorization) == ["Bearer key-of-a-file"])
      #expect(model.requests.map(\.model) == ["of-a-file"])
      #expect(cloud.statuses(of: "of-a-file").last == "completed")
      try await session.expectConsistent(ended)
    }
  }

  /// Sub-agents that are given are the ones there are, each with its own model and tools.
  @Test(arguments: ["environment", "file", "cloud"])
  func subAgents(source: String) async throws {
    try await surroundings { folder, _, _, cloud, cloudURL in
      let agents: JSONValue = [
        [
          "id": "reader", "name": "Reader", "category": "research", "model": "openai/small",
          "instructions": "Read twice.",
        ],
        ["name": "Writer", "categories": ["content", "analytics"]],
      ]
      let model = ScriptedModelServer { request in
        if request.model == "small" { return .text("It says: twice.") }
        return request.number == 0 ? .call("delegate_task", ["agentId": "reader", "task": "Read it."]) : .text("done")
      }
      try await model.run { modelURL in
        var session = Session("agents", in: folder, modelURL: modelURL, environment: Self.identity)
        switch source {
        case "environment": session.environment["SUB_AGENTS"] = agents.text()
        case "file":
          session.environment["AGENT_CONFIG"] = try folder.write(
            "c.json", JSONValue.object(["subAgents": agents]).text())
        default:
          session.environment["CONVEX_URL"] = cloudURL
          cloud.set(configuration: ["agentConfig": ["subAgents": agents]], of: "agents")
        }
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        #expect(model.requests.map(\.model) == ["gpt-4o", "small", "gpt-4o"], "\(ended)")
        let reader = try #require(model.requests.first { $0.model == "small" })
        #expect(
          reader.toolNames.contains("read_file") && !reader.toolNames.contains("write_file"), "\(reader.toolNames)")
        #expect(reader.messages.first?["content"]?.stringValue?.contains("Read twice.") == true)
        #expect(model.requests.last?.last("tool")?.contains("It says: twice.") == true)
        #expect(session.result["tasks"]?.arrayValue?.map { $0["agent"] } == ["reader"])
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test func misspeltVariablesAreNamed() async throws {
    try await surroundings { folder, _, modelURL, _, _ in
      let misspelt = [
        ("AGENT_MAX_ITERATION", "AGENT_MAX_ITERATIONS"), ("AGENT_COST_LIMIT", "AGENT_COST_LIMIT_USD"),
        ("AGENT_STATE_DIRECTORY", "AGENT_STATE_DIR"), ("AGENT_MOODEL", "AGENT_MODEL"),
        ("AGENT_MAX_CONCURENT_TOOLS_FILE", "AGENT_MAX_CONCURRENT_TOOLS"),
      ]
      var session = Session(in: folder, modelURL: modelURL)
      for (name, _) in misspelt { session.environment[name] = "secret-value" }
      session.environment["MY_AGENT_MODEL"] = "no business of ours"
      session.environment["AGENT_LOG_FORMAT_FILE"] = try folder.write("format", "text")
      let ended = try await session.finish()
      #expect(ended.code == 0, "a warning is no reason to stop: \(ended)")
      let warnings = ended.errorLines.filter { $0.hasPrefix("warning: ") }
      #expect(warnings.count == misspelt.count, "\(ended)")
      for (name, nearest) in misspelt {
        #expect(
          warnings.count { $0.contains("\(name) ") && $0.contains("did you mean \(nearest)?") } == 1,
          "\(name): \(warnings)")
      }
      #expect(!ended.standardError.contains("secret-value"))
    }
  }

  /// JSON lines for machines: events on standard output, logs on standard error, nothing else on either.
  @Test func jsonLines() async throws {
    try await surroundings { folder, _, modelURL, _, _ in
      var session = Session(
        in: folder, modelURL: modelURL, environment: ["AGENT_LOG_FORMAT": "json", "AGENT_TYPO": "x"])
      session.environment["LOG_LEVEL"] = "debug"
      let ended = try await session.finish()
      #expect(ended.code == 0)
      let events = ended.standardOutput.split(separator: "\n").map { try? JSONValue(parsing: String($0)) }
      #expect(!events.isEmpty && !events.contains(nil))
      #expect(events.allSatisfy { $0?["specversion"] == "1.0" && $0?["source"] == "/sessions/s1" })
      #expect(Set(events.map { $0?["id"]?.stringValue }).count == events.count)
      #expect(events.last??["type"] == "sandbox.completion" && events.last??["data"]?["exitCode"] == 0)
      let logs = ended.errorLines.map { try? JSONValue(parsing: $0) }
      #expect(
        logs.contains { $0?["level"] == "warning" && $0?["message"]?.stringValue?.contains("AGENT_TYPO") == true })
      #expect(!logs.contains(nil), "\(ended.standardError)")
    }
  }
}
