import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Commands")
struct CommandTests {
  private func run(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:], without missing: [String] = []
  ) async throws -> Session.Ended {
    var session = Session(in: folder, environment: environment, arguments: arguments)
    for name in missing { session.environment[name] = nil }
    return try await session.finish()
  }

  private static func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

  @Test func checkShowsTheEffectiveConfiguration() async throws {
    try await Folder.with { folder in
      let environment = [
        "AGENT_MODEL": "openai/gpt-4o", "OPENAI_API_KEY": Session.key, "AGENT_COST_LIMIT_USD": "0.25",
        "AGENT_MAX_ITERATIONS": "7",
        "AGENT_TYPO": "x", "USER_REQUEST": "A request.", "AGENT_PRIVATE_NETWORKS": "127.0.0.0/8, fd00::/8",
        "AGENT_POLICY": try folder.write("policy.json", "{\"default\": \"allow\"}"), "AGENT_ALLOW_DEPENDENCIES": "true",
        "TOOL_SECRET_A": "a-value-that-nobody-sees", "TOOL_SECRET_A_HOSTS": "*.example.com:8443 tool:count",
      ]
      for arguments in [["check"], ["check", "--json"]] {
        let ended = try await run(arguments, in: folder, environment: environment)
        #expect(ended.code == 0, "\(ended)")
        let document = try Self.json(ended.standardOutput)
        let effective = arguments.count == 1 ? document : document["configuration"] ?? .null
        #expect(effective["sessionId"] == "s1" && effective["model"] == "openai/gpt-4o")
        #expect(effective["limits"]?["costLimitUsd"] == 0.25 && effective["limits"]?["maxIterations"] == 7)
        #expect(effective["limits"]?["maxConcurrentTools"] == 3, "defaults, too")
        #expect(
          effective["secrets"]?["OPENAI_API_KEY"] == "set" && effective["secrets"]?["OPENROUTER_API_KEY"] == "not set")
        #expect(effective["tools"]?.arrayValue?.contains("word_count") == true)
        let warnings = arguments.count == 1 ? ended.standardError : document["warnings"]?.text() ?? ""
        #expect(warnings.contains("AGENT_TYPO"))
        #expect(!ended.standardOutput.contains(Session.key))
        #expect(effective["privateNetworks"] == ["127.0.0.0/8", "fd00::/8"])
        #expect(effective["policy"]?.stringValue?.hasSuffix("/policy.json") == true)
        #expect(effective["allowDependencies"] == true)
        #expect(effective["toolSecrets"] == ["A": ["*.example.com:8443", "tool:count"]])
        #expect(!ended.standardOutput.contains("a-value-that-nobody-sees"))
      }
      let bare = try await run(["check"], in: folder)
      #expect(try Self.json(bare.standardOutput)["model"] == "offline", "what holds when nothing is named")
      #expect(!folder.exists("state"), "it looks and touches nothing")
    }
  }

  @Test func checkNamesEveryProblem() async throws {
    try await Folder.with { folder in
      let broken = [
        "SESSION_ID": "..", "AGENT_MAX_ITERATIONS": "0", "AGENT_MODEL": "nonsense", "AGENT_ISOLATION": "maybe",
        "SUB_AGENTS": "{}",
      ]
      let ended = try await run(["check"], in: folder, environment: broken)
      #expect(ended.code == 78)
      #expect(ended.errorLines.count == broken.count && ended.standardOutput.isEmpty, "\(ended)")
      for name in broken.keys {
        #expect(ended.errorLines.count { $0.hasPrefix("problem: \(name): ") } == 1, "\(name): \(ended)")
      }
      let json = try await run(["check", "--json"], in: folder, environment: broken)
      #expect(json.code == 78)
      #expect(try Self.json(json.standardOutput)["problems"]?.arrayValue?.count == broken.count, "\(json)")
      // A broken configuration hides no broken manifest.
      let manifest = try folder.write("broken/tool.json", "{")
      let both = try await run(
        ["check"], in: folder, environment: ["AGENT_MAX_ITERATIONS": "0", "AGENT_MANIFESTS": "\(folder.path)/broken"])
      #expect(both.code == 78)
      #expect(both.errorLines.contains { $0.hasPrefix("problem: AGENT_MAX_ITERATIONS: ") }, "\(both)")
      #expect(both.errorLines.contains { $0.hasPrefix("problem: manifest \(manifest): ") }, "\(both)")
      // A model without its key, and one without a price under a limit of money.
      for environment in [
        ["AGENT_MODEL": "openai/gpt-4o"],
        ["AGENT_MODEL": "openai/of-my-own", "OPENAI_API_KEY": "k", "AGENT_COST_LIMIT_USD": "1"],
      ] {
        let ended = try await run(["check"], in: folder, environment: environment)
        #expect(
          ended.code == 78 && ended.errorLines.count == 1 && ended.standardError.contains("AGENT_MODEL"), "\(ended)")
      }
      let required = try await run(
        ["check"], in: folder,
        environment: [
          "AGENT_ISOLATION": "required", "AGENT_ISOLATION_WITHOUT": "landlock,namespaces",
        ])
      #expect(required.code == 77 || required.code == 78)
      #expect(required.errorLines.count == 1 && required.standardError.contains("AGENT_ISOLATION"), "\(required)")
    }
  }

  @Test func checkOnManifests() async throws {
    try await Folder.with { folder in
      let samples = try BrokenManifests.write(in: folder)
      let none = try await run(["check"], in: folder, environment: ["AGENT_MANIFESTS": "\(folder.path)/broken"])
      #expect(none.code != 0 && none.standardError.contains("No tools configured"), "\(none)")
      #expect(none.errorLines.count { $0.hasPrefix("problem: manifest ") } == samples.count, "\(none)")
      try folder.write("broken/good.json", BrokenManifests.good("good").text())
      let some = try await run(["check"], in: folder, environment: ["AGENT_MANIFESTS": "\(folder.path)/broken"])
      #expect(
        some.code == 65 && some.errorLines.count { $0.hasPrefix("problem: manifest ") } == samples.count, "\(some)")
    }
  }

  @Test func toolsList() async throws {
    try await Folder.with { folder in
      let shipped = [
        "describe_table", "generate_chart", "query_table", "append_file", "generate_document", "write_file", "echo",
        "word_count", "list_files", "read_file", "search_text", "fetch_and_parse", "generate_canvas", "execute_code",
        "execute_typescript",
      ]
      let text = try await run(["tools", "list"], in: folder)
      #expect(text.code == 0 && text.standardError.isEmpty, "\(text)")
      #expect(
        text.standardOutput.split(separator: "\n").map { String($0.prefix { $0 != " " }) }.sorted() == shipped.sorted())
      let json = try await run(["tools", "list", "--json"], in: folder)
      let list = try Self.json(json.standardOutput).arrayValue ?? []
      #expect(list.compactMap { $0["id"]?.stringValue }.sorted() == shipped.sorted())
      #expect(
        list.allSatisfy { $0["parameters"]?["type"] == "object" && $0["description"]?.stringValue?.isEmpty == false })
      // Without a variable at all, the manifests that ship are found by themselves.
      let bare = try await run(
        ["tools", "list"], in: folder, without: ["AGENT_MANIFESTS", "SESSION_ID", "AGENT_STATE_DIR"])
      #expect(bare.standardOutput == text.standardOutput)
      #expect(!folder.exists("state") && !folder.exists(".sandbox-entry"))
    }
  }

  @Test func toolsLint() async throws {
    try await Folder.with { folder in
      let shipped = try await run(["tools", "lint"], in: folder)
      #expect(shipped.code == 0 && shipped.standardOutput.hasSuffix("15 tools, 0 errors, 0 warnings\n"), "\(shipped)")
      let samples = try BrokenManifests.write(in: folder)
      #expect(samples.count >= 20)
      let broken = try await run(["tools", "lint", "\(folder.path)/broken"], in: folder)
      #expect(broken.code == 65)
      let lines = broken.standardOutput.split(separator: "\n").map(String.init)
      for sample in samples {
        let errors = lines.filter { $0.hasPrefix("error: ") && $0.contains("/broken/\(sample.name): ") }
        #expect(errors.count == 1, "\(sample.name): \(errors)")
        #expect(
          errors.first?.contains("\(sample.pointer): ") == true && errors.first?.contains(sample.reason) == true,
          "\(errors)")
      }
      #expect(lines.last?.hasPrefix("0 tools, \(samples.count) errors, ") == true, "\(lines.last ?? "")")
      let absent = try await run(["tools", "lint", "/nowhere/at/all"], in: folder)
      #expect(absent.code == 65 && absent.standardOutput.contains("/nowhere/at/all: "), "\(absent)")
    }
  }

  @Test func toolsCall() async throws {
    try await Folder.with { folder in
      try folder.write("words.txt", "one two three\nfour\n")
      let echo = try await run(["tools", "call", "echo", "{\"text\": \"hello\"}"], in: folder)
      #expect(echo.code == 0 && echo.standardError.isEmpty)
      #expect(try Self.json(echo.standardOutput)["text"] == "hello")
      let count = try await run(["tools", "call", "word_count", "{\"path\": \"words.txt\"}"], in: folder)
      #expect(count.code == 0 && count.standardOutput.contains("4"), "\(count)")
      // What a tool makes is where it says.
      let document = try await run(
        ["tools", "call", "generate_document", "{\"title\": \"Note\", \"content\": \"All is well.\"}"], in: folder)
      let place = try Self.json(document.standardOutput)["url"]?.stringValue ?? ""
      #expect(document.code == 0 && folder.text(place).contains("All is well."), "\(document)")
      // All of a long result as well.
      let fill = "{\"text\": \"\(String(repeating: "word ", count: 10_000))\"}"
      let say = CommandManifest.json(
        "say", argv: ["/bin/echo", "--", "{text}"], properties: ["text": ["type": "string"]])
      let long = try await run(
        ["tools", "call", "say", fill], in: folder,
        environment: [
          "AGENT_MANIFESTS": try CommandManifest.write([say], in: folder), "AGENT_TOOL_PATHS": folder.path,
        ])
      #expect(long.standardOutput.contains("[all 50004 bytes: artifacts/say-"), "\(long)")
      let kept = folder.files("artifacts").filter { $0.contains("say-") }
      #expect(kept.map { folder.text($0).utf8.count } == [50_004], "\(kept)")
      for (arguments, expected) in [
        (["read_file", "{\"path\": \"/etc/passwd\"}"], ""), (["read_file", "{\"path\": \"../../etc/passwd\"}"], ""),
        (["word_count", "{}"], "path"), (["word_count", "{\"path\": "], ""), (["word_count", "[]"], ""),
        (["no_such_tool", "{}"], "not found"), (["word_count", "{\"path\": \"absent.txt\"}"], ""),
      ] {
        let ended = try await run(["tools", "call"] + arguments, in: folder)
        #expect(ended.code == 1, "\(arguments): \(ended)")
        let said = (ended.standardOutput + ended.standardError).lowercased()
        #expect(!said.isEmpty && said.contains(expected), "\(arguments): \(ended)")
        #expect(!said.contains("root:"), "\(arguments): \(ended)")
      }
    }
  }

  @Test func sync() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      let cloud = FakeConvex()
      try await model.run { modelURL in
        try await cloud.run { cloudURL in
          var session = Session(
            in: folder, modelURL: modelURL,
            environment: ["CONVEX_URL": cloudURL, "WORKSPACE_ID": "w", "SANDBOX_ID": "b"])
          let ended = try await session.finish()
          #expect(ended.code == 0, "\(ended)")
          let calls = cloud.calls.count
          // Everything is acknowledged: nothing is sent again, from wherever it is asked for.
          for missing in [[], ["SESSION_ID"], ["USER_REQUEST", "OPENAI_API_KEY", "OPENAI_BASE_URL", "AGENT_MODEL"]] {
            for name in missing { session.environment[name] = nil }
            let sync = try await session.command(["sync", "s1"])
            #expect(sync.code == 0, "\(sync)")
          }
          #expect(cloud.calls.count == calls)
          #expect(model.requestCount == 1)
          try await session.expectConsistent(ended)
        }
      }
      let unknown = try await run(["sync", "never-was"], in: folder)
      #expect(
        unknown.code == 78 && unknown.errorLines.count == 1 && unknown.standardError.contains("never-was"), "\(unknown)"
      )
      #expect(!folder.exists("state/sessions/never-was"))
      let bad = try await run(["sync", "../../etc"], in: folder)
      #expect(bad.code == 78 && bad.errorLines.count == 1, "\(bad)")
      let none = try await run(["sync"], in: folder)
      #expect(none.code == 64 && none.errorLines.count == 1, "\(none)")
    }
  }

  @Test(arguments: [
    [], ["run"], ["check"], ["tools"], ["tools", "list"], ["tools", "lint"], ["tools", "call"], ["sync"], ["resume"],
    ["serve"],
  ])
  func help(command: [String]) async throws {
    try await Folder.with { folder in
      for flag in ["--help", "-h"] {
        let ended = try await run(command + [flag], in: folder)
        #expect(ended.code == 0 && ended.standardError.isEmpty, "\(ended)")
        #expect(ended.standardOutput.contains("USAGE: sandbox-entry"), "\(ended)")
        if let name = command.last { #expect(ended.standardOutput.contains(name)) }
      }
      #expect(!folder.exists("state"))
    }
  }

  @Test func version() async throws {
    try await Folder.with { folder in
      let ended = try await run(["--version"], in: folder)
      #expect(
        ended.code == 0 && ended.standardOutput.split(separator: ".").count == 3 && ended.standardError.isEmpty,
        "\(ended)")
    }
  }

  @Test(arguments: [
    ["--nonsense"], ["run", "--nonsense"], ["check", "--nonsense"], ["nonsense"], ["tools", "nonsense"],
    ["tools", "call"],
    ["run", "--request"], ["run", "extra", "words"], ["sync", "a", "b"], ["--output"], ["check", "--json=5"], ["-x"],
  ])
  func usage(arguments: [String]) async throws {
    try await Folder.with { folder in
      let ended = try await run(
        arguments, in: folder, environment: ["USER_REQUEST": "hello", "AGENT_MODEL": "offline"])
      #expect(ended.code == 64, "\(ended)")
      #expect(ended.errorLines.count == 1 && ended.standardError.contains("--help"), "\(ended)")
      #expect(ended.standardOutput.isEmpty && !folder.exists("state"))
    }
  }

  @Test(arguments: [
    "resume", "inspect", "replay", "report", "status", "tail", "pause", "continue", "cancel", "approve", "deny", "say",
    "limit",
    "sessions", "serve",
  ])
  func later(command: String) async throws {
    try await Folder.with { folder in
      for rest in [[], ["s1"], ["s1", "--json", "more"]] {
        let ended = try await run([command] + rest, in: folder)
        #expect(ended.code == 64, "\(ended)")
        #expect(
          ended.errorLines.count == 1
            && ended.standardError.contains("'\(command)' is not available in this version; "), "\(ended)")
        #expect(ended.standardOutput.isEmpty && !folder.exists("state"))
      }
    }
  }

  /// By hand: no session id is needed, and every run gets one of its own.
  @Test func aRunByHand() async throws {
    try await Folder.with { folder in
      for _ in 0..<2 {
        let ended = try await run(
          ["run", "--model", "offline", "--request", "Which files are in the workspace?"], in: folder,
          without: ["SESSION_ID"])
        #expect(ended.code == 0, "\(ended)")
        #expect(
          ended.standardError.contains("Exit code: 0")
            && ended.standardError.contains("Session: \(folder.path)/state/sessions/"))
      }
      #expect(folder.files("state/sessions").count { $0.hasSuffix("/result.json") } == 2)
      let empty = try await run(["run", "--model", "offline", "--request", ""], in: folder, without: ["SESSION_ID"])
      #expect(
        empty.code == 78 && empty.errorLines.count == 1 && empty.standardError.contains("Missing userRequest"),
        "\(empty)")
    }
  }
}
