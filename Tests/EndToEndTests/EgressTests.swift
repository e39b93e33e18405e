import SandboxCore
import SandboxTestKit
import Testing

@Suite("Where tools may go")
struct EgressTests {
  /// What an API tool was told, with a server on loopback that must not be reached.
  private func refusal(
    _ url: (LoopbackServer) -> String, environment: [String: String] = [:], telling part: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await Folder.with { folder in
      try await LoopbackServer.run({ _ in .json(["reached": true]) }) { server in
        let tool = ToolManifests.api("probe", ["method": "GET", "url": .string(url(server))])
        let trial = try await ToolTrial.run(tool, environment: environment, in: folder)
        try await trial.expect(.failed, .denied, telling: [part], sourceLocation: sourceLocation)
        #expect(server.connectionCount == 0, sourceLocation: sourceLocation)
      }
    }
  }

  @Test(
    arguments: [
      "127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0",
    ])
  func loopbackIsPrivate(_ host: String) async throws {
    try await refusal({ "http://\(host):\($0.port)/" }, telling: "private")
  }

  @Test func anAllowListIsNoMoreThanItSays() async throws {
    try await refusal(
      { "http://127.0.0.1:\($0.port)/" }, environment: ["AGENT_PRIVATE_NETWORKS": "10.0.0.0/8,127.0.0.2"],
      telling: "private")
  }

  /// A call whose server, which is allowed, points to the target: it fails, and is not asked again.
  private func redirected(to target: String) async throws -> ToolExecution {
    try await Folder.with { folder in
      try await LoopbackServer.run({ _ in
        LoopbackReply(status: 302, headers: [("Location", target)])
      }) { server in
        let tool = ToolManifests.api("probe", ["method": "GET", "url": .string("\(server.url)/")])
        let trial = try await ToolTrial.run(
          tool, environment: ["AGENT_PRIVATE_NETWORKS": "127.0.0.1"], in: folder)
        #expect(trial.execution.status == .failed)
        #expect(server.connectionCount == 1)
        #expect(trial.ended.code == 0)
        return trial.execution
      }
    }
  }

  @Test(
    arguments: [
      "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://2852039166/",
    ])
  func redirectsAreChecked(_ target: String) async throws {
    let execution = try await redirected(to: target)
    #expect(execution.error?.code == .denied, "\(execution.output)")
  }

  @Test(arguments: ["file:///etc/passwd", "gopher://127.0.0.1/", "http://user@127.0.0.1/"])
  func redirectsToWhatIsNoWebAddress(_ target: String) async throws {
    let execution = try await redirected(to: target)
    #expect(execution.attempts == 1, "\(execution.output)")
  }

  /// The model cannot make the fetching tool a way in either.
  @Test func fetchingIsHeldToTheSame() async throws {
    try await Folder.with { folder in
      try await LoopbackServer.run({ request in
        request.path == "/page"
          ? LoopbackReply(
            status: 200, headers: [("Content-Type", "text/html")],
            body: Array("<title>T</title><h1>Head</h1><p>Some <b>text</b></p><script>x</script>".utf8))
          : .json(["secret": true])
      }) { server in
        let fetch = CommandManifest.shipped("research/fetch_and_parse")
        let model = ScriptedModelServer([
          .call("execute_tool", ["toolId": "fetch_and_parse", "args": ["url": .string("\(server.url)/page")]]),
          .text("done"),
        ])
        try await model.run { url in
          let session = try Session(model: url, in: folder, manifests: [fetch])
          let refused = try await session.finish()
          #expect(refused.code == 0, "\(refused)")
          #expect(model.requests.last?.last("tool")?.contains("private") == true)
          #expect(server.connectionCount == 0)
        }
        let second = ScriptedModelServer([
          .call("execute_tool", ["toolId": "fetch_and_parse", "args": ["url": .string("\(server.url)/page")]]),
          .text("done"),
        ])
        try await second.run { url in
          var session = try Session("s2", model: url, in: folder, manifests: [fetch])
          session.environment["AGENT_PRIVATE_NETWORKS"] = "127.0.0.0/8"
          let ended = try await session.finish()
          #expect(ended.code == 0, "\(ended)")
          let told = second.requests.last?.last("tool") ?? ""
          #expect(told.contains("# Head") && told.contains("Some **text**") && !told.contains("script"), "\(told)")
        }
      }
    }
  }

  @Test(
    arguments: [
      ("10.0.0.0/33", "10.0.0.0/33"), ("example.com", "example.com"), ("127.0.0.1;10.0.0.1", "127.0.0.1;10.0.0.1"),
    ])
  func aBrokenAllowListIsRefused(_ value: String, _ quoted: String) async throws {
    try await Folder.with { folder in
      var session = Session(in: folder, modelURL: "http://127.0.0.1:9/v1")
      session.environment["AGENT_PRIVATE_NETWORKS"] = value
      let ended = try await session.finish()
      #expect(ended.code == 78)
      #expect(ended.errorLines.count { $0.contains("AGENT_PRIVATE_NETWORKS") && $0.contains(quoted) } == 1, "\(ended)")
    }
  }
}
