import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("A broken configuration is reported whole before anything happens")
struct ConfigurationTests {
  /// Starts a session that must be refused with 78: nothing asked of any server, no state folder, and only lines that
  /// name a problem on standard error. Gives those lines without the program's name.
  private func refused(
    _ environment: [String: String] = [:], without missing: [String] = [], arguments: [String] = [],
    prepare: (Folder) throws -> [String: String] = { _ in [:] }, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [String] {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      let cloud = FakeConvex()
      return try await model.run { modelURL in
        try await cloud.run { cloudURL in
          var session = Session(in: folder, modelURL: modelURL, arguments: arguments)
          session.environment["CONVEX_URL"] = cloudURL
          session.environment.merge(environment) { $1 }
          session.environment.merge(try prepare(folder)) { $1 }
          for name in missing { session.environment[name] = nil }
          let ended = try await session.finish()
          #expect(ended.code == 78, "\(ended)", sourceLocation: sourceLocation)
          #expect(ended.standardOutput.isEmpty, sourceLocation: sourceLocation)
          #expect(model.requestCount == 0, "no model was called", sourceLocation: sourceLocation)
          #expect(cloud.calls.isEmpty, "no cloud was called", sourceLocation: sourceLocation)
          #expect(!folder.exists("state"), "nothing was made", sourceLocation: sourceLocation)
          let prefix = "sandbox-entry: "
          #expect(ended.errorLines.allSatisfy { $0.hasPrefix(prefix) }, "\(ended)", sourceLocation: sourceLocation)
          return ended.errorLines.map { String($0.dropFirst(prefix.count)) }
        }
      }
    }
  }

  @Test func everythingAtOnce() async throws {
    let broken = [
      "SESSION_ID": "../../x", "WORKSPACE_ID": "a b", "SANDBOX_ID": "..", "USER_ID": "é",
      "AGENT_MAX_DURATION_MS": "NaN", "AGENT_COST_LIMIT_USD": "-1", "AGENT_TOKEN_LIMIT": "1e300",
      "AGENT_MAX_TOKENS_PER_REQUEST": "many", "AGENT_MAX_CONCURRENT_TOOLS": "0",
      "AGENT_MAX_CONCURRENT_AGENTS": "9223372036854775808", "AGENT_MAX_CALLS_PER_MIN": "0x10",
      "AGENT_MAX_ITERATIONS": " 5", "AGENT_SHUTDOWN_GRACE_MS": "-8", "AGENT_MODE": "wild", "AGENT_MODEL": "nonsense",
      "SUB_AGENTS": "[{", "AGENT_ISOLATION": "maybe", "AGENT_LOG_FORMAT": "xml", "LOG_LEVEL": "loud",
      "AGENT_EXIT_CODES": "some", "AGENT_CONTROL": "ftp://x", "CONVEX_FUNCTIONS": "[]", "CONVEX_URL": "ftp://x",
      "AGENT_CONFIG": "/nowhere/at/all.json",
    ]
    let lines = try await refused(broken)
    for name in broken.keys.sorted() {
      #expect(
        lines.count { $0.hasPrefix("\(name): ") || $0.hasPrefix("cloud endpoint: \(name)") } == 1, "\(name) in \(lines)"
      )
    }
    #expect(lines.count == broken.count, "\(lines)")
  }

  @Test func theLastOnesAndSecrets() async throws {
    let secret = "hush hush \u{1} 81c2"
    let lines = try await refused([
      "OPENAI_API_KEY": secret, "OPENROUTER_API_KEY": secret, "ANTHROPIC_API_KEY": secret, "CONVEX_AUTH_TOKEN": secret,
      "OPENAI_BASE_URL": "localhost:1/v1", "AGENT_CONTROL": "tcp://127.0.0.1:1",
      "AGENT_MODE": "a\nsandbox-entry: b\u{1B}[2J",
    ])
    for name in [
      "OPENAI_API_KEY", "OPENROUTER_API_KEY", "ANTHROPIC_API_KEY", "cloud endpoint: CONVEX_AUTH_TOKEN",
      "OPENAI_BASE_URL", "AGENT_CONTROL_TOKEN", "AGENT_MODE",
    ] {
      #expect(lines.count { $0.hasPrefix(name) } == 1, "\(name) in \(lines)")
    }
    #expect(lines.count == 7, "\(lines)")
    #expect(!lines.joined().contains("hush") && !lines.joined().contains("81c2") && !lines.joined().contains("\u{1B}"))
  }

  @Test(arguments: [
    (["SESSION_ID"], ["SESSION_ID: Missing sessionId"]),
    (["USER_REQUEST"], ["USER_REQUEST: Missing userRequest"]),
    (["WORKSPACE_ID"], ["WORKSPACE_ID: Missing workspaceId"]),
    (["SANDBOX_ID"], ["SANDBOX_ID: Missing sandboxId"]),
    (
      ["SESSION_ID", "WORKSPACE_ID", "SANDBOX_ID", "USER_REQUEST"],
      [
        "SESSION_ID: Missing sessionId", "USER_REQUEST: Missing userRequest", "WORKSPACE_ID: Missing workspaceId",
        "SANDBOX_ID: Missing sandboxId",
      ]
    ),
  ])
  func missing(_ names: [String], _ expected: [String]) async throws {
    let complete = ["WORKSPACE_ID": "w", "SANDBOX_ID": "b", "AGENT_CLOUD_URL": "file:///nowhere/cloud"]
    // An empty variable and one of spaces are as good as none.
    for empty in [nil, "", "   "] where empty != "   " || names == ["USER_REQUEST"] {
      let lines = try await refused(
        complete.merging(empty.map { value in Dictionary(uniqueKeysWithValues: names.map { ($0, value) }) } ?? [:]) {
          $1
        },
        without: ["CONVEX_URL"] + (empty == nil ? names : []))
      #expect(lines.count == expected.count, "\(lines)")
      for text in expected { #expect(lines.count { $0.hasPrefix(text) } == 1, "\(text) in \(lines)") }
    }
  }

  /// What is missing may come from the cloud, but the session itself must be known to ask for it.
  @Test func sessionIDIsNeededToAskTheCloud() async throws {
    let lines = try await refused(without: ["SESSION_ID", "USER_REQUEST"])
    #expect(lines.count == 1 && lines[0].hasPrefix("SESSION_ID: Missing sessionId"), "\(lines)")
  }

  private static let badIDs = [
    "../../x", "/etc/passwd", ".", "..", "a/b", "a b", " a", "é", "a\nb", "a:b", "a\u{7F}", "%2e%2e",
    String(repeating: "a", count: 129), String(repeating: "a", count: 5_000),
  ]

  @Test func ids() async throws {
    for id in Self.badIDs {
      let lines = try await refused(["SESSION_ID": id, "WORKSPACE_ID": id, "SANDBOX_ID": id, "USER_ID": id])
      #expect(
        lines.map { String($0.prefix { $0 != ":" }) } == ["SESSION_ID", "WORKSPACE_ID", "SANDBOX_ID", "USER_ID"],
        "\(lines)")
      #expect(lines.allSatisfy { $0.utf8.count < 300 }, "a long value is cut: \(lines)")
    }
  }

  @Test func idsInTheFile() async throws {
    for id in Self.badIDs + ["", "a\0b"] {
      let document: JSONValue = [
        "sessionId": .string(id), "workspaceId": .string(id), "sandboxId": .string(id), "userId": .string(id),
      ]
      let lines = try await refused(without: ["SESSION_ID"]) {
        ["AGENT_CONFIG": try $0.write("c.json", document.text())]
      }
      #expect(lines.count == 4, "\(id): \(lines)")
      for key in ["sessionId", "workspaceId", "sandboxId", "userId"] {
        #expect(lines.count { $0.hasPrefix("configuration file /\(key): ") } == 1, "\(id): \(lines)")
      }
    }
  }

  private static let limits = [
    "AGENT_MAX_DURATION_MS", "AGENT_COST_LIMIT_USD", "AGENT_TOKEN_LIMIT", "AGENT_MAX_TOKENS_PER_REQUEST",
    "AGENT_MAX_CONCURRENT_TOOLS", "AGENT_MAX_CONCURRENT_AGENTS", "AGENT_MAX_CALLS_PER_MIN", "AGENT_MAX_ITERATIONS",
    "AGENT_SHUTDOWN_GRACE_MS",
  ]

  @Test(arguments: [
    "0", "-1", "NaN", "nan", "inf", "-Infinity", "1e300", "1e3", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "0x10", " 5", "5 ", "+5", "5,000", "٥", "five", "-0", "1_000", "0.0000001", "5\n",
  ])
  func limits(value: String) async throws {
    let lines = try await refused(Dictionary(uniqueKeysWithValues: Self.limits.map { ($0, value) }))
    #expect(lines.count == Self.limits.count, "\(lines)")
    for name in Self.limits { #expect(lines.count { $0.hasPrefix("\(name): '") } == 1, "\(name) in \(lines)") }
  }

  @Test(arguments: [
    "0", "-1", "1e300", "1e400", "9223372036854775808", "1e30", "0.0000001", "\"5\"", "true", "[5]", "{}", "\"\"",
  ])
  func limitsInTheFile(value: String) async throws {
    let names = [
      "maxDuration", "costLimit", "tokenLimit", "maxTokensPerRequest", "maxConcurrentTools", "maxConcurrentAgents",
      "maxAPICallsPerMinute", "maxIterations",
    ]
    let members = names.map { "\"\($0)\": \(value)" }.joined(separator: ",")
    let lines = try await refused { ["AGENT_CONFIG": try $0.write("c.json", "{\"executionLimits\": {\(members)}}")] }
    #expect(lines.count == names.count, "\(lines)")
    for name in names {
      #expect(lines.count { $0.hasPrefix("configuration file /executionLimits/\(name): ") } == 1, "\(name) in \(lines)")
    }
  }

  @Test(arguments: [
    ("", "AGENT_CONFIG: "), ("{", "AGENT_CONFIG: "), ("[]", "AGENT_CONFIG: "), ("5", "AGENT_CONFIG: "),
    ("{\"mode\":\"custom\",\"mode\":\"research\"}", "AGENT_CONFIG: "), ("{\"a\":\"\\ud800\"}", "AGENT_CONFIG: "),
    ("\u{FEFF}{}", "AGENT_CONFIG: "), ("{} {}", "AGENT_CONFIG: "), ("{\"a\": NaN}", "AGENT_CONFIG: "),
    (String(repeating: "[", count: 513) + String(repeating: "]", count: 513), "AGENT_CONFIG: "),
    (String(repeating: "[", count: 100_000), "AGENT_CONFIG: "),
    (String(repeating: "{\"a\":", count: 100_000), "AGENT_CONFIG: "),
    ("{\"executionLimits\": []}", "configuration file /executionLimits: "),
    ("{\"agentConfig\": 5}", "configuration file /agentConfig: "),
    ("{\"maxTokens\": \"lots\"}", "configuration file /maxTokens: "),
    ("{\"userRequest\": 5}", "configuration file /userRequest: "),
    ("{\"mode\": \"wild\"}", "configuration file /mode: "), ("{\"mode\": 5}", "configuration file /mode: "),
    ("{\"model\": []}", "configuration file /model: "), ("{\"model\": \"nonsense\"}", "configuration file /model: "),
    ("{\"agentConfig\": {\"model\": 5}}", "configuration file /agentConfig/model: "),
    ("{\"instructions\": 5}", "configuration file /instructions: "),
    ("{\"temperature\": 1.5}", "configuration file /temperature: Temperature must be between 0 and 1"),
    ("{\"temperature\": \"hot\"}", "configuration file /temperature: Temperature must be between 0 and 1"),
    ("{\"subAgents\": \"x\"}", "configuration file /subAgents: "),
    ("{\"toolManifests\": {}}", "configuration file /toolManifests: "),
  ])
  func file(text: String, expected: String) async throws {
    let lines = try await refused(without: ["AGENT_MODEL", "USER_REQUEST"]) {
      ["AGENT_CONFIG": try $0.write("c.json", text)]
    }
    #expect(lines.count == 1 && lines[0].hasPrefix(expected), "\(lines)")
  }

  /// Whatever lies where the file should be: never a wait, never a crash.
  @Test func whatIsNoFile() async throws {
    let lines = try await refused { folder in
      #expect(mkfifo("\(folder.path)/fifo", 0o600) == 0)
      folder.makeFolder("folder")
      let huge = try folder.write("huge", "{")
      #expect(truncate(huge, 1 << 30) == 0)
      return [
        "AGENT_CONFIG": "\(folder.path)/fifo", "AGENT_INSTRUCTIONS_FILE": "\(folder.path)/folder",
        "SUB_AGENTS_FILE": huge, "AGENT_MODE_FILE": "\(folder.path)/none", "USER_REQUEST_FILE": "/dev/zero",
      ].merging(["OPENAI_API_KEY_FILE": try folder.write("key", "\u{0}")]) { $1 }
    }
    for name in ["AGENT_CONFIG", "AGENT_INSTRUCTIONS_FILE", "SUB_AGENTS_FILE", "AGENT_MODE_FILE"] {
      #expect(lines.count { $0.hasPrefix("\(name): ") } == 1, "\(name) in \(lines)")
    }
    // Two values for one variable are an error, whatever the file has.
    for name in ["USER_REQUEST", "OPENAI_API_KEY"] {
      #expect(
        lines.count { $0.hasPrefix("\(name): \(name) and \(name)_FILE are both set") } == 1, "\(name) in \(lines)")
    }
    #expect(lines.count == 6, "\(lines)")
  }

  @Test(arguments: [
    ("{", 1), ("5", 1), ("\"x\"", 1), ("{}", 1), ("null", 1), ("[1]", 1), ("[null]", 1), ("[[]]", 1), ("[{}]", 1),
    ("[{\"name\":\"\",\"category\":\"research\"}]", 1), ("[{\"name\":\"a\",\"category\":5}]", 1),
    ("[{\"name\":\"a\",\"categories\":\"research\"}]", 1),
    ("[{\"name\":\"a\",\"category\":\"research\",\"extra\":1}]", 1),
    ("[{\"name\":\"a\",\"category\":\"research\",\"limits\":{\"tokenLimit\":-5}}]", 1),
    ("[{\"name\":\"a\",\"category\":\"research\",\"limits\":{\"costLimit\":1e400}}]", 1),
    ("[{\"name\":\"a\",\"category\":\"research\",\"model\":\"nonsense\"}]", 1),
    ("[{\"name\":\"a\",\"category\":\"research\",\"id\":\"../x\"}]", 1),
    ("[{\"name\":\"a\",\"category\":\"research\",\"id\":\"meta\"}]", 1),
    ("[{\"name\":\"a\",\"category\":\"research\"},{\"name\":\"b\",\"category\":\"research\"}]", 1),
    ("[{\"name\":\"a\",\"name\":\"b\"}]", 1),
  ])
  func subAgents(text: String, problems: Int) async throws {
    let lines = try await refused(["SUB_AGENTS": text])
    #expect(lines.allSatisfy { $0.hasPrefix("SUB_AGENTS: ") }, "\(lines)")
    #expect(lines.count == problems, "\(lines)")
  }

  @Test func aHundredThousandSubAgents() async throws {
    let entry = "{\"name\":\"a\",\"category\":\"research\"}"
    let list = "[\(Array(repeating: entry, count: 100_000).joined(separator: ","))]"
    let lines = try await refused { ["SUB_AGENTS_FILE": try $0.write("agents.json", list)] }
    #expect(lines.count == 1 && lines[0].hasPrefix("SUB_AGENTS: has 100000 agents"), "\(lines)")
  }

  @Test func isolationThatCannotBeHad() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      try await model.run { url in
        let ended = try await Session(
          in: folder, modelURL: url,
          environment: [
            "AGENT_ISOLATION": "required", "AGENT_ISOLATION_WITHOUT": "seccomp",
          ]
        ).finish()
        #expect(ended.code == 77)
        #expect(ended.errorLines.count == 1 && ended.standardError.contains("AGENT_ISOLATION=required"), "\(ended)")
        #expect(model.requestCount == 0 && !folder.exists("state"))
      }
    }
  }

  @Test func simpleExitCodes() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done"), .unauthorized])
      try await model.run { url in
        func code(_ id: String, _ more: [String: String] = ["AGENT_EXIT_CODES": "simple"]) async throws -> Int32 {
          try await Session(id, in: folder, modelURL: url, environment: more).finish().code
        }
        let codes = try folder.write("codes", "simple\n")
        let done = try await code("done")
        let refused = try await code("refused")
        let again = try await code("refused")
        let wrong = try await code("..")
        let strict = try await code("strict", ["AGENT_EXIT_CODES": "simple", "AGENT_ISOLATION": "required"])
        let byFile = try await code("..", ["AGENT_EXIT_CODES_FILE": codes])
        #expect([done, refused, again, wrong, strict, byFile] == [0, 1, 1, 1, 1, 1])
      }
    }
  }
}
