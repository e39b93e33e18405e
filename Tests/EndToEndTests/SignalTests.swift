import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Signals, in every phase")
struct SignalTests {
  struct Signal: Sendable, CustomTestStringConvertible {
    let number: Int32
    let code: Int32
    let kind: String
    var testDescription: String { kind }
  }

  static let signals = [
    Signal(number: SIGTERM, code: 143, kind: "terminate"), Signal(number: SIGINT, code: 130, kind: "interrupt"),
    Signal(number: SIGHUP, code: 129, kind: "hangup"),
  ]

  /// What a supervisor waits for before it kills: the grace time, and something for a busy machine.
  private static let grace = Duration.seconds(10)

  private func elapsed(since start: ContinuousClock.Instant) -> Duration { ContinuousClock.now - start }

  /// Status, result and journal tell of a session that was cancelled in this way.
  private func expectCancelled(_ session: Session, _ ended: Session.Ended, _ signal: Signal) async throws {
    #expect(ended.code == signal.code, "\(ended.standardError)")
    #expect(session.status["state"]?.stringValue == "cancelled")
    #expect(session.status["outcome"]?.stringValue == "cancelled")
    #expect(session.status["reason"]?["kind"]?.stringValue == signal.kind)
    #expect(ended.states.last == "cancelled")
    try await session.expectConsistent(ended)
  }

  // MARK: - Phase by phase

  @Test("While the configuration is fetched", arguments: signals)
  func fetching(signal: Signal) async throws {
    try await CloudTrial.with { trial in
      trial.cloud.fail(.slow(milliseconds: 60_000), path: "sessions:getConfig")
      var start = ContinuousClock.now
      let (ended, _) = try await trial.session.run { process in
        try await until { !trial.calls("getConfig").isEmpty }
        start = .now
        process.send(signal.number)
      }
      #expect(ended.code == signal.code, "\(ended.standardError)")
      #expect(elapsed(since: start) < .seconds(5))
      #expect(!trial.session.folder.exists("state/sessions/s1/journal.db"))
    }
  }

  @Test("While it waits to ask the cloud again")
  func fetchingAgain() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.failAll(.status(503, retryAfter: "60"))
      var start = ContinuousClock.now
      let (ended, _) = try await trial.session.run { process in
        try await until { !trial.calls("getConfig").isEmpty }
        start = .now
        process.send(SIGTERM)
      }
      #expect(ended.code == 143, "\(ended.standardError)")
      #expect(elapsed(since: start) < .seconds(5))
    }
  }

  @Test("While the configuration is read from a pipe that nobody writes to")
  func readingConfiguration() async throws {
    try await Folder.with { folder in
      let pipe = try UnreadPipe("config", in: folder, isFull: false)
      let session = Session(in: folder)
      var start = ContinuousClock.now
      let (ended, _) = try await session.run(shell: "exec PROGRAM run --config - <'\(pipe.path)'") { process in
        // The signal handlers are the first thing that is set up.
        try await until { process.runtime.map { LaunchedSession.handles(SIGTERM, $0) } ?? false }
        start = .now
        process.send(SIGTERM)
      }
      #expect(ended.code == 143, "\(ended.standardError)")
      #expect(elapsed(since: start) < Self.grace)
    }
  }

  @Test("During a model call that hangs", arguments: signals)
  func modelCall(signal: Signal) async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(in: folder, next: { _ in .delayed(.seconds(60), .text("too late")) }) {
        session, server in
        var start = ContinuousClock.now
        let (ended, _) = try await session.run { process in
          try await until { server.requestCount == 2 }
          start = .now
          process.send(signal.number)
        }
        #expect(elapsed(since: start) < .seconds(5))
        try await expectCancelled(session, ended, signal)
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
        #expect(session.result["answer"]?.stringValue?.contains("too late") == false)
      }
    }
  }

  @Test("During a tool, a polite one and one that ignores SIGTERM", arguments: [false, true])
  func tool(ignoresTERM: Bool) async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let trap = ignoresTERM ? "trap '' TERM INT HUP; " : ""
      let tool = CommandManifest.script("probe", "\(trap)while :; do sleep \(marker.seconds); done")
      try await DocumentSession.run(in: folder, manifests: [tool], next: { _ in .call("probe") }) { session, server in
        var start = ContinuousClock.now
        let (ended, _) = try await session.run { process in
          try await until { marker.processes.contains { $0.contains(": sleep") } }
          start = .now
          process.send(SIGTERM)
        }
        #expect(elapsed(since: start) < Self.grace)
        try await expectCancelled(session, ended, Self.signals[0])
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
        #expect(try await marker.leftovers() == [])
        #expect(server.requestCount == 2, "nothing new starts")
        let state = SessionState.fold(try await session.journal())
        let probe = state.executions.values.first { $0.toolID.rawValue == "probe" }
        #expect(probe?.status == .cancelled)
      }
    }
  }

  @Test("While sixteen sub-agents are at work")
  func subAgents() async throws {
    try await Folder.with { folder in
      let server = ScriptedModelServer { request in
        guard request.messages.contains(where: { $0["content"]?.stringValue?.hasPrefix("part ") == true }) else {
          return .toolCalls(
            (0..<16).map { index in
              let arguments: JSONValue = ["agentId": "omega:content", "task": .string("part \(index)")]
              return .init(id: "d\(index)", name: "delegate_task", arguments: arguments.text(.compact))
            })
        }
        return .delayed(.seconds(60), .text("too late"))
      }
      try await server.run { url in
        var session = try Session(model: url, in: folder)
        session.environment["AGENT_MAX_CONCURRENT_AGENTS"] = "16"
        var start = ContinuousClock.now
        let (ended, _) = try await session.run { process in
          try await until { server.requestCount == 17 }
          start = .now
          process.send(SIGTERM)
        }
        #expect(elapsed(since: start) < .seconds(5))
        try await expectCancelled(session, ended, Self.signals[0])
        #expect(session.status["tasks"]?["cancelled"]?.intValue == 16)
        #expect(session.status["tasks"]?["running"]?.intValue == 0)
      }
    }
  }

  @Test("While results go to a slow endpoint", arguments: signals)
  func sync(signal: Signal) async throws {
    try await CloudTrial.with(environment: ["AGENT_SHUTDOWN_GRACE_MS": "3000"]) { trial in
      trial.cloud.fail(.silence, path: "sessions:syncResults", times: 100)
      var start = ContinuousClock.now
      let (ended, _) = try await trial.session.run { process in
        try await until { !trial.calls("syncResults").isEmpty }
        start = .now
        process.send(signal.number)
      }
      #expect(elapsed(since: start) < .seconds(5))
      try await expectCancelled(trial.session, ended, signal)
      #expect(trial.session.status["sync"]?["acknowledged"] == false)
      // The work was done: nothing of it is lost.
      #expect(trial.session.result["answer"]?.stringValue == CloudTrial.answer)
      trial.cloud.heal()
      let late = try await trial.session.command(["sync", "s1"])
      #expect(late.code == signal.code, "\(late.standardError)")
      trial.expectArtifacts()
      #expect(trial.cloud.statuses(of: "s1").last == "failed")
    }
  }

  @Test("After the end: how it ended stands, whatever signals come", arguments: [1, 2, 3, 100])
  func afterTheEnd(times: Int) async throws {
    try await Folder.with { folder in
      // A reader that never reads keeps the process a moment longer.
      let pipe = try UnreadPipe("out", in: folder)
      try await DocumentSession.run(in: folder, next: { _ in .text("Done.") }) { session, _ in
        let (ended, _) = try await session.run(standardOutput: pipe.path) { process in
          try await until { session.status["outcome"]?.isNull == false }
          for _ in 0..<times {
            process.send(SIGTERM)
            usleep(2_000)
          }
        }
        #expect(ended.code == 0, "\(ended.standardError)")
        #expect(session.status["outcome"]?.stringValue == "completed")
        #expect(session.status["exitCode"]?.intValue == 0)
        #expect(SessionState.fold(try await session.journal()).lifecycle.outcome?.exitCode == .completed)
      }
    }
  }

  // MARK: - More than one

  @Test("A second TERM gives up the network, and still leaves everything in order")
  func second() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.fail(.silence, path: "sessions:syncResults", times: 100)
      var start = ContinuousClock.now
      let (ended, _) = try await trial.session.run { process in
        try await until { !trial.calls("syncResults").isEmpty }
        process.send(SIGTERM)
        try await until { process.standardError.contains("cancelling session") }
        start = .now
        process.send(SIGTERM)
      }
      #expect(elapsed(since: start) < .seconds(3))
      try await expectCancelled(trial.session, ended, Self.signals[0])
    }
  }

  @Test("A second TERM gives up a deployment that answers nothing any more")
  func secondWithSilence() async throws {
    try await CloudTrial.with(pause: .seconds(60)) { trial in
      var start = ContinuousClock.now
      let (ended, _) = try await trial.session.run { process in
        try await until { process.standardOutput.contains("artifact_generated") }
        trial.cloud.failAll(.silence)
        process.send(SIGTERM)
        try await until { process.standardError.contains("cancelling session") }
        start = .now
        process.send(SIGTERM)
      }
      #expect(elapsed(since: start) < .seconds(3))
      try await expectCancelled(trial.session, ended, Self.signals[0])
    }
  }

  @Test("A second TERM kills a tool that ignores the first")
  func secondWithTool() async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let tool = CommandManifest.script("probe", "trap '' TERM; while :; do sleep \(marker.seconds); done")
      try await DocumentSession.run(in: folder, manifests: [tool], next: { _ in .call("probe") }) { session, _ in
        var start = ContinuousClock.now
        let (ended, _) = try await session.run { process in
          try await until { marker.processes.contains { $0.contains(": sleep") } }
          process.send(SIGTERM)
          try await until { process.standardError.contains("cancelling session") }
          start = .now
          process.send(SIGTERM)
        }
        #expect(elapsed(since: start) < .seconds(3))
        #expect(ended.code == 143, "\(ended.standardError)")
        #expect(session.status["exitCode"]?.intValue == 143)
        #expect(session.status["state"]?.stringValue == "cancelled")
        #expect(try await marker.leftovers() == [])
      }
    }
  }

  @Test("A third TERM, a hundred of them, and QUIT end it at once", arguments: [3, 100, 0])
  func immediate(count: Int) async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let tool = CommandManifest.script("probe", "trap '' TERM; while :; do sleep \(marker.seconds); done")
      try await DocumentSession.run(in: folder, manifests: [tool], next: { _ in .call("probe") }) { session, _ in
        var start = ContinuousClock.now
        let (ended, _) = try await session.run { process in
          try await until { marker.processes.contains { $0.contains(": sleep") } }
          start = .now
          if count == 0 { process.send(SIGQUIT) }
          for _ in 0..<count {
            process.send(SIGTERM)
            usleep(5_000)
          }
        }
        #expect(elapsed(since: start) < .seconds(3))
        #expect(ended.code == 143, "\(ended.standardError)")
        #expect(session.status["exitCode"]?.intValue == 143)
        #expect(session.status["state"]?.stringValue == "cancelled")
        #expect(try await marker.leftovers() == [])
        // What was committed can still be read.
        let state = SessionState.fold(try await session.journal())
        #expect(state.artifacts.map(\.name) == [DocumentSession.name])
      }
    }
  }

  @Test("INT and then TERM: the first one counts, also when the end is forced", arguments: [1, 5])
  func mixed(more: Int) async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(in: folder, next: { _ in .delayed(.seconds(60), .text("too late")) }) {
        session, server in
        let (ended, _) = try await session.run { process in
          try await until { server.requestCount == 2 }
          process.send(SIGINT)
          try await until { process.standardError.contains("SIGINT") }
          for _ in 0..<more { process.send(SIGTERM) }
        }
        #expect(ended.code == 130, "\(ended.standardError)")
        #expect(session.status["exitCode"]?.intValue == 130)
        #expect(session.status["reason"]?["kind"]?.stringValue == "interrupt")
      }
    }
  }

  // MARK: - Signals that do not end it

  @Test("HUP is ignored when it was ignored at entry")
  func ignoredHangup() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(in: folder, next: { _ in .delayed(.seconds(1), .text("Done.")) }) {
        session, server in
        let (ended, _) = try await session.run(shell: "trap '' HUP; exec PROGRAM") { process in
          try await until { server.requestCount == 2 }
          process.send(SIGHUP)
        }
        #expect(ended.code == 0, "\(ended.standardError)")
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("USR1 prints how things stand, and the session goes on; PIPE and XFSZ are ignored")
  func report() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(in: folder, next: { _ in .delayed(.seconds(2), .text("Done.")) }) {
        session, server in
        let (ended, _) = try await session.run { process in
          try await until { server.requestCount == 2 }
          process.send(SIGPIPE)
          process.send(SIGXFSZ)
          process.send(SIGUSR1)
          try await until { process.standardError.contains("\"running\"") }
        }
        #expect(ended.code == 0, "\(ended.standardError)")
        let line = ended.standardError.split(separator: "\n").first { $0.contains("\"running\"") }
        let report = try JSONValue(parsing: String(line ?? ""))
        #expect(report["state"]?.stringValue == "running")
        #expect(report["tasks"] != nil && report["spend"] != nil && report["counters"] != nil)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test("Stopped for a while by STOP and CONT, it goes on")
  func stopAndContinue() async throws {
    try await Folder.with { folder in
      try await DocumentSession.run(in: folder, next: { _ in .delayed(.seconds(1), .text("Done.")) }) {
        session, server in
        let (ended, _) = try await session.run { process in
          try await until { server.requestCount == 2 }
          process.send(SIGSTOP)
          try await Task.sleep(for: .seconds(2))
          process.send(SIGCONT)
        }
        #expect(ended.code == 0, "\(ended.standardError)")
        try await session.expectConsistent(ended)
      }
    }
  }
}
