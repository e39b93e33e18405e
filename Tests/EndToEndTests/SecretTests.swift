import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Secrets stay where they were given")
struct SecretTests {
  private static let secrets = [
    "OPENAI_API_KEY": "sk-secret-openai-7f31a", "CONVEX_AUTH_TOKEN": "secret-convex-91be2",
    "TOOL_SECRET_WEATHER": "secret-tool-55ac0",
    "GITHUB_TOKEN": "secret-github-12de9", "DB_PASSWORD": "secret-password-3b77f",
    "ANTHROPIC_API_KEY": "sk-secret-ant-90cc1",
    "OPENROUTER_API_KEY": "sk-secret-router-4410d", "AGENT_CONTROL_TOKEN": "secret-control-8ba52",
    "AWS_SECRET_ACCESS_KEY": "secret-aws-0f4be", "NPM_TOKEN": "secret-npm-77aa1",
  ]

  /// Nothing that the session leaves, says or tells anybody has a secret in it.
  private func expectNone(in folder: Folder, _ ended: Session.Ended, sourceLocation: SourceLocation = #_sourceLocation)
  {
    for (name, secret) in Self.secrets {
      let places = folder.files(containing: secret)
      #expect(places.isEmpty, "\(name) is in \(places)", sourceLocation: sourceLocation)
    }
    // The streams are files of the folder, too; this is to see that the search can find anything.
    #expect(folder.files(containing: "state_changed").contains("stdout"), sourceLocation: sourceLocation)
    #expect(folder.files(containing: "omega").contains { $0.hasSuffix("journal.db") }, sourceLocation: sourceLocation)
  }

  @Test func aSessionLeavesNone() async throws {
    try await Folder.with { folder in
      let environ = Box("")
      let process = Box<LaunchedSession?>(nil)
      let model = ScriptedModelServer { request in
        if request.number == 0 { return .call("write_blackboard", ["namespace": "n", "key": "k", "value": "v"]) }
        if request.number == 1 {
          _ = try? await eventually { process.value?.runtime != nil }
          if let started = process.value, let runtime = started.runtime {
            environ.value = [started.pid, runtime].map { LaunchedSession.text("/proc/\($0)/environ") }.joined()
          }
          // A program like any other: it is started while the session runs, and gets an environment of its own.
          return .call("execute_tool", ["toolId": "show_environment", "args": [:]], id: "call_2")
        }
        return .text("done")
      }
      let cloud = FakeConvex()
      cloud.require(authorization: "Bearer \(Self.secrets["CONVEX_AUTH_TOKEN"] ?? "")")
      try await model.run { modelURL in
        try await cloud.run { cloudURL in
          let tool = CommandManifest.json("show_environment", argv: ["/usr/bin/env"])
          var session = try Session(model: modelURL, in: folder, manifests: [tool])
          session.environment.merge(Self.secrets) { $1 }
          session.environment.merge([
            "CONVEX_URL": cloudURL, "WORKSPACE_ID": "w", "SANDBOX_ID": "b", "LOG_LEVEL": "trace",
          ]) { $1 }
          let ended = try await session.run { process.value = $0 }.ended
          #expect(ended.code == 0, "\(ended)")
          #expect(model.requests.map(\.authorization).allSatisfy { $0 == "Bearer sk-secret-openai-7f31a" })
          #expect(environ.value.contains("SESSION_ID=s1"), "the block can be read: \(environ.value)")
          for (name, secret) in Self.secrets {
            #expect(!environ.value.contains(secret), "\(name) is in the environment block")
            #expect(!model.requests.contains { $0.body.text().contains(secret) }, "\(name) was told to the model")
            #expect(!cloud.calls.contains { $0.arguments.text().contains(secret) }, "\(name) was told to the cloud")
          }
          expectNone(in: folder, ended)
          try await session.expectConsistent(ended)
        }
      }
    }
  }

  /// Servers repeat the key that they refuse, and whatever else they were sent.
  @Test(arguments: [401, 403, 400, 404, 500, 200])
  func aServerThatRepeatsTheKey(status: Int) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer { request in
        let text =
          "Incorrect API key provided: \(request.authorization ?? ""). You sent: \(request.authorization ?? "")"
        return .raw(.json(["error": ["message": .string(text), "type": "x", "code": .string(text)]], status: status))
      }
      try await model.run { url in
        var session = Session(in: folder, modelURL: url)
        session.environment.merge(Self.secrets) { $1 }
        let ended = try await session.finish()
        #expect(ended.code != 0)
        #expect(ended.standardError.contains("Incorrect API key provided"), "it is told, without the key: \(ended)")
        #expect(folder.files(containing: Self.secrets["OPENAI_API_KEY"] ?? "").isEmpty)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test func theCheckShowsNone() async throws {
    try await Folder.with { folder in
      var session = Session(
        in: folder, environment: Self.secrets.merging(["AGENT_CONTROL": "tcp://127.0.0.1:1"]) { $1 })
      for arguments in [["check"], ["check", "--json"], ["tools", "list"]] {
        session.arguments = arguments
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        for (name, secret) in Self.secrets {
          #expect(!ended.standardOutput.contains(secret) && !ended.standardError.contains(secret), "\(name)")
        }
        if arguments != ["tools", "list"] { #expect(ended.standardOutput.contains("OPENAI_API_KEY")) }
      }
    }
  }
}
