import Glibc
import SandboxCore
import SandboxTestKit
import Synchronization
import Testing

@Suite("Limits of steps, time, width and rate")
struct LimitTests {
  // MARK: - Steps

  @Test("An agent that never comes to an end: 82, with what there is")
  func iterations() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(
        in: folder, environment: ["AGENT_MAX_ITERATIONS": "4"],
        next: { request in
          request.toolNames.isEmpty
            ? .text("What is known.")
            : .call("echo", ["text": .string("\(request.number)")], id: "c\(request.number)")
        }
      ) { session, server in
        let ended = try await session.run()
        #expect(ended.code == 82, "\(ended.standardError)")
        #expect(session.status["outcome"]?.stringValue == "step_limit")
        #expect(session.status["reason"]?["kind"]?.stringValue == "iterations")
        #expect(session.status["reason"]?["detail"]?.stringValue?.contains("4") == true)
        // Four steps, and at most one request for a last answer, without tools.
        #expect((4...5).contains(server.requestCount))
        #expect(server.requests.count { !$0.toolNames.isEmpty } == 4)
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("An answer on exactly the last step is an answer")
  func lastIteration() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(
        in: folder, environment: ["AGENT_MAX_ITERATIONS": "4"],
        next: { request in
          request.number < 3
            ? .call("echo", ["text": .string("\(request.number)")], id: "c\(request.number)") : .text("Just in time.")
        }
      ) { session, server in
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        #expect(server.requestCount == 4)
        #expect(session.result["answer"]?.stringValue == "Just in time.")
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("A sub-agent that never ends is that task's failure, and the others' results count")
  func subAgentIterations() async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer { request in
        if request.messages.contains(where: { $0["content"]?.stringValue == "endless" }) {
          return .call(
            "generate_document", ["title": .string("t\(request.number)"), "content": "x"], id: "c\(request.number)")
        }
        if request.messages.contains(where: { $0["content"]?.stringValue == "short" }) {
          return .text("Short and good.")
        }
        guard request.number == 0 else { return .text("One of two.") }
        return .toolCalls(
          ["endless", "short"].map { task in
            let arguments: JSONValue = ["agentId": "omega:content", "task": .string(task)]
            return .init(id: task, name: "delegate_task", arguments: arguments.text(.compact))
          })
      }
      try await server.run { url in
        var session = try Session(model: url, in: folder)
        session.environment["SUB_AGENTS"] =
          #"[{"id":"omega:content","name":"content","category":"content","limits":{"maxIterations":3}}]"#
        let ended = try await session.run()
        #expect(ended.code == 80, "\(ended.standardError)")
        #expect(session.status["outcome"]?.stringValue == "partial")
        #expect(session.result["answer"]?.stringValue == "One of two.")
        let tasks = session.result["tasks"]?.arrayValue ?? []
        #expect(Set(tasks.map { $0["status"]?.stringValue }) == ["failed", "completed"])
        try await session.expectConsistent(ended)
      }
    }
  }

  // MARK: - Time

  @Test("The duration ends a model call that hangs, and what there is is delivered")
  func duration() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(
        in: folder, environment: ["AGENT_MAX_DURATION_MS": "6000"],
        next: { $0.toolNames.isEmpty ? .text("What is known.") : .delayed(.seconds(60), .text("too late")) }
      ) { session, server in
        let ended = try await session.run()
        #expect(ended.code == 124, "\(ended.standardError)")
        #expect(ended.took >= .seconds(5))
        #expect(ended.took < .seconds(9))
        #expect(session.status["outcome"]?.stringValue == "timed_out")
        #expect(session.status["state"]?.stringValue == "timed_out")
        #expect(session.status["reason"]?["kind"]?.stringValue == "duration")
        #expect(session.status["reason"]?["detail"]?.stringValue?.contains("6000") == true)
        #expect(session.result["answer"]?.stringValue?.isEmpty == false)
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("The duration ends a tool that ignores SIGTERM")
  func durationWithTool() async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let tool = CommandManifest.script("probe", "trap '' TERM; while :; do sleep \(marker.seconds); done")
      try await DocumentSession.run(
        in: folder, manifests: [tool], environment: ["AGENT_MAX_DURATION_MS": "6000"], next: { _ in .call("probe") }
      ) { session, _ in
        let ended = try await session.run()
        #expect(ended.code == 124, "\(ended.standardError)")
        #expect(ended.took < .seconds(12))
        #expect(try await marker.leftovers() == [])
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("A tool that ends just when the time is over: one outcome, always", arguments: 0..<6)
  func race(index: Int) async throws {
    try await Folder.with { folder in
      // A tenth of the duration is kept back, so work ends after 1,800 ms.
      let tool = CommandManifest.script("probe", "sleep 1.\(55 + index * 4)")
      try await DocumentSession.run(
        in: folder, manifests: [tool], environment: ["AGENT_MAX_DURATION_MS": "2000"],
        next: {
          $0.last("tool")?.contains("bytes") == true && $0.number == 1 ? .call("probe", id: "p") : .text("Done.")
        }
      ) { session, _ in
        let ended = try await session.run()
        #expect([0, 124].contains(ended.code), "\(ended.standardError)")
        let outcomes = try await session.journal().filter { if case .outcomeDecided = $0.event { true } else { false } }
        #expect(outcomes.count == 1)
        try await session.expectConsistent(ended)
      }
    }
  }

  // MARK: - Width

  @Test("No more sub-agents at a time than allowed", arguments: [1, 3])
  func concurrentAgents(limit: Int) async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer { request in
        if request.messages.contains(where: { $0["content"]?.stringValue?.hasPrefix("part ") == true }) {
          return .delayed(.milliseconds(150), .text("part done"))
        }
        guard request.number == 0 else { return .text("All done.") }
        return .toolCalls(
          (0..<12).map { index in
            let arguments: JSONValue = ["agentId": "omega:content", "task": .string("part \(index)")]
            return .init(id: "d\(index)", name: "delegate_task", arguments: arguments.text(.compact))
          })
      }
      try await server.run { url in
        var session = try Session(model: url, in: folder)
        session.environment["AGENT_MAX_CONCURRENT_AGENTS"] = String(limit)
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        #expect(server.requestCount == 14)
        #expect(server.peakConcurrency == limit)
        #expect(session.status["tasks"]?["completed"]?.intValue == 12)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("No more tools at a time than allowed; three when nothing is said", arguments: [1, 2, nil] as [Int?])
  func concurrentTools(limit: Int?) async throws {
    try await Folder.with { folder in
      let tool = CommandManifest.script("probe", "echo begin >>gauge; sleep 0.15; echo end >>gauge")
      let server = ScriptedModelServer { request in
        guard request.number == 0 else { return .text("All done.") }
        return .toolCalls((0..<10).map { .init(id: "p\($0)", name: "probe", arguments: "{}") })
      }
      try await server.run { url in
        var session = try Session(model: url, in: folder, manifests: [tool])
        session.environment["AGENT_MAX_CONCURRENT_TOOLS"] = limit.map(String.init)
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        var (now, peak, count) = (0, 0, 0)
        for line in LaunchedSession.text("\(session.directory)/workspace/gauge").split(separator: "\n") {
          now += line == "begin" ? 1 : -1
          peak = max(peak, now)
          count += line == "begin" ? 1 : 0
        }
        #expect(count == 10)
        #expect(peak == limit ?? 3)
        try await session.expectConsistent(ended)
      }
    }
  }

  // MARK: - Rate

  @Test("No more calls a minute than allowed, whoever makes them")
  func callsPerMinute() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(
        in: folder, environment: ["AGENT_MAX_CALLS_PER_MIN": "3", "AGENT_MAX_DURATION_MS": "8000"],
        next: { .call("echo", ["text": .string("\($0.number)")], id: "c\($0.number)") }
      ) { session, server in
        let ended = try await session.run()
        #expect(ended.code == 124, "\(ended.standardError)")
        #expect(server.requestCount == 3)
        #expect(ended.took < .seconds(12))
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("A tool's own rate: the model is told, and can go on")
  func toolRate() async throws {
    try await Folder.with { folder in
      var tool = CommandManifest.script("probe", "echo called >>calls").objectValue ?? [:]
      tool["metadata"] = ["category": "execution", "rateLimit": ["requestsPerMinute": 1, "burst": 1]]
      let server = ScriptedModelServer { request in
        request.number < 3 ? .call("probe", id: "c\(request.number)") : .text("Done.")
      }
      try await server.run { url in
        let session = try Session(model: url, in: folder, manifests: [.object(tool)])
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        #expect(LaunchedSession.text("\(session.directory)/workspace/calls") == "called\n")
        #expect(server.requests.last?.last("tool")?.contains("Rate limit exceeded for probe") == true)
        try await session.expectConsistent(ended)
      }
    }
  }
}
