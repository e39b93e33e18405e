import SandboxCore
import SandboxTestKit
import Testing

@Suite("The events that a watcher sees")
struct EventTests {
  private func run(
    _ environment: [String: String] = [:], _ check: (Session, Session.Ended) async throws -> Void
  ) async throws {
    try await Folder.with { folder in
      let tool = CommandManifest.script("probe", "echo out; echo err >&2")
      try await DocumentSession.run(
        in: folder, manifests: [tool], environment: environment,
        next: { $0.number == 1 ? .call("probe", id: "p") : .text("Done.") }
      ) { session, _ in
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        try await check(session, ended)
      }
    }
  }

  @Test("Lines of text: the documents' types, in order, with the documents' fields")
  func text() async throws {
    try await run { session, ended in
      ended.expectFramed()
      let types = ended.standardOutput.split(separator: "\n").compactMap { line in
        line.hasPrefix("[Event] ") ? String(line.dropFirst(8).prefix { $0 != ":" }) : nil
      }
      let once = [
        "initialized", "tools_loaded", "started", "completed", "cleanup_started", "cleanup_complete", "completion",
      ]
      #expect(types.filter(once.contains) == once)
      #expect(types.last == "completion")

      let metrics = Set([
        "uptime", "tokensUsed", "toolExecutions", "toolErrors", "costEstimate", "tasksCompleted", "tasksFailed",
      ])
      let progress = try #require(ended.events("progress").last?.objectValue)
      #expect(metrics.isSubset(of: Set(progress.keys)))
      #expect(progress["status"]?.stringValue == "orchestration_complete")
      #expect(progress["result"]?.stringValue == "Done.")
      let completed = try #require(ended.events("completed").first)
      #expect(completed["artifactCount"]?.intValue == 1)
      #expect(Set(completed["metrics"]?.objectValue?.keys.map { $0 } ?? []) == metrics)
      #expect(completed["metrics"]?["toolExecutions"] == session.result["usage"]?["toolExecutions"])

      for change in ended.events("state_changed") {
        #expect(change["from"]?.stringValue != nil && change["to"]?.stringValue != nil)
        #expect(change["reason"]?.stringValue?.isEmpty == false)
      }
      #expect(ended.events("state_changed").compactMap { $0["to"]?.stringValue } == ended.states)
      #expect(ended.events("thinking").map { $0["iteration"]?.intValue } == [1, 2, 3])
      #expect(ended.events("thinking").map { $0["toolsUsed"]?.intValue } == [0, 1, 2])
      let terminal = try #require(ended.events("terminal").first)
      #expect(terminal["command"]?.stringValue?.contains("/bin/sh") == true)
      #expect(terminal["output"]?.stringValue == "out\n" && terminal["error"]?.stringValue == "err\n")
      #expect(terminal["exitCode"]?.intValue == 0)
      let change = try #require(ended.events("file_change").first)
      #expect(
        change["path"]?.stringValue?.contains(DocumentSession.name) == true && change["action"]?.stringValue != nil)
      let stats = try #require(ended.events("completion").first?["stats"])
      #expect(stats["iterations"]?.intValue == 3)
      #expect(stats["inputTokens"] == session.result["usage"]?["inputTokens"])
      #expect(stats["outputTokens"] == session.result["usage"]?["outputTokens"])
      #expect(stats["toolCalls"] == session.result["usage"]?["toolExecutions"])
      try await session.expectConsistent(ended)
    }
  }

  @Test("CloudEvents, one a line, numbered by the journal")
  func json() async throws {
    try await run(["AGENT_LOG_FORMAT": "json"]) { session, ended in
      let events = try ended.standardOutput.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      #expect(Set(events.compactMap { $0["id"]?.stringValue }).count == events.count)
      #expect(
        events.allSatisfy { $0["specversion"]?.stringValue == "1.0" && $0["time"]?.stringValue?.hasSuffix("Z") == true }
      )
      let sequences = events.compactMap { $0["sequence"]?.stringValue }.compactMap(Int.init)
      #expect(sequences.count == events.count && sequences == sequences.sorted())
      #expect(events.first?["type"]?.stringValue == "sandbox.state_changed")
      #expect(events.last?["type"]?.stringValue == "sandbox.completion")
      #expect(events.last?["data"]?["exitCode"]?.intValue == 0)
      #expect(session.status["exitCode"]?.intValue == 0)
      for line in ended.standardError.split(separator: "\n") {
        #expect((try? JSONValue(parsing: String(line))) != nil, "\(line)")
      }
    }
  }

  @Test("Simple exit codes")
  func simpleCodes() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(
        in: folder, environment: ["AGENT_EXIT_CODES": "simple", "AGENT_MAX_ITERATIONS": "1"], next: { _ in .text("x") }
      ) { session, _ in
        let ended = try await session.run()
        #expect(ended.code == 1, "\(ended.standardError)")
        #expect(session.status["outcome"]?.stringValue == "step_limit")
      }
    }
  }
}
