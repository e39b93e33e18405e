import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("The same session started again")
struct RestartTests {
  /// While one process runs the session another one is sent away, and the first does not notice.
  @Test func ownedByALiveProcess() async throws {
    try await Folder.with { folder in
      let mayGoOn = Box(false)
      let model = ScriptedModelServer { _ in
        _ = try? await eventually { mayGoOn.value }
        return .text("done")
      }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        folder.makeFolder("other")
        let elsewhere = Folder(path: "\(folder.path)/other")
        let ended = try await session.run { process in
          let hasAsked = try await eventually { model.requestCount == 1 }
          #expect(hasAsked)
          var second = Session(in: elsewhere, modelURL: url)
          second.environment["AGENT_STATE_DIR"] = session.environment["AGENT_STATE_DIR"]
          let before = session.status
          for arguments in [[], ["sync", "s1"]] {
            second.arguments = arguments
            let refused = try await second.run()
            #expect(refused.code == 75, "\(refused)")
            #expect(refused.errorLines.count == 1, "\(refused)")
            #expect(
              refused.standardError.contains("process \(process.runtime ?? 0) "), "it names the owner: \(refused)")
            #expect(refused.standardOutput.isEmpty)
          }
          #expect(session.status["pid"] == before["pid"])
          mayGoOn.value = true
        }.ended
        #expect(ended.code == 0, "\(ended)")
        #expect(model.requestCount == 1)
        #expect(session.status["pid"]?.intValue != nil && Leftovers.processes(of: folder).isEmpty)
        try await session.expectConsistent(ended)
      }
    }
  }

  /// A session that has ended ends with its code again; nothing is run, asked or sent twice, and its files stay.
  @Test(arguments: [
    ("completed", [ScriptedModelReply.text("done")], Int32(0)), ("refused", [.unauthorized], 77),
    ("unavailable", [.serverError], 69), ("loops", [.toolCalls([.init(id: "c", name: "list_available_tools")])], 82),
  ])
  func endedBefore(name: String, replies: [ScriptedModelReply], code: Int32) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer(replies)
      let cloud = FakeConvex()
      try await model.run { modelURL in
        try await cloud.run { cloudURL in
          let session = Session(
            in: folder, modelURL: modelURL,
            environment: ["CONVEX_URL": cloudURL, "WORKSPACE_ID": "w", "SANDBOX_ID": "b", "AGENT_MAX_ITERATIONS": "3"])
          let first = try await session.finish()
          #expect(first.code == code, "\(first)")
          try await session.expectConsistent(first)
          let requests = model.requestCount
          let sent = cloud.calls.count
          let (status, result) = (session.status, session.result)
          let events = try await session.journal().count
          for request in ["Say hello.", "Something else."] {
            var again = session
            again.environment["USER_REQUEST"] = request
            let ended = try await again.finish()
            #expect(ended.code == code, "\(ended)")
            #expect(ended.standardOutput.isEmpty, "\(ended)")
          }
          #expect(model.requestCount == requests)
          #expect(cloud.calls.dropFirst(sent).allSatisfy { $0.kind == "query" }, "nothing was told twice")
          #expect(session.status == status && session.result == result)
          #expect(try await session.journal().count == events)
        }
      }
    }
  }

  /// A process that was killed leaves a journal without an end: what was done is kept, and nothing is run anew unasked.
  @Test func killedInTheMiddle() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer { request in
        request.number == 0 ? .call("write_blackboard", ["namespace": "n", "key": "k", "value": "kept"]) : .silence
      }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        let runtime = Box(pid_t(0))
        let killed = try await session.run { process in
          let hasAsked = try await eventually { model.requestCount == 2 }
          #expect(hasAsked)
          runtime.value = try #require(process.runtime)
          process.send(SIGKILL)
        }.ended
        #expect(killed.code == -SIGKILL)
        // The runtime dies with its guard, but a moment later, and its files are closed last.
        try await until { kill(runtime.value, 0) != 0 }
        let events = try await session.journal()
        #expect(SessionState.fold(events).blackboard["n"]?["k"]?.value == "kept")
        let again = try await session.finish()
        #expect(again.code == 78, "\(again)")
        #expect(again.errorLines.count == 1 && again.standardError.contains("was interrupted"), "\(again)")
        #expect(again.standardError.contains(session.directory) && again.standardOutput.isEmpty, "\(again)")
        #expect(model.requestCount == 2, "nothing is run again")
        #expect(try await session.journal().count == events.count, "and nothing is written")
        let sync = try await session.command(["sync", "s1"])
        #expect(sync.code == 75 && sync.errorLines.count == 1, "\(sync)")
      }
    }
  }

  /// The folder of a session that has been cleared away is a new session.
  @Test func twoSessionsSideBySide() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      try await model.run { url in
        try await withThrowingTaskGroup { group in
          for number in 0..<4 {
            group.addTask {
              folder.makeFolder("run\(number)")
              var session = Session("s\(number)", in: Folder(path: "\(folder.path)/run\(number)"), modelURL: url)
              session.environment["AGENT_STATE_DIR"] = "\(folder.path)/run\(number)/../state"
              let ended = try await session.run()
              #expect(ended.code == 0, "\(ended)")
            }
          }
          try await group.waitForAll()
        }
        #expect(folder.files().count { $0.hasSuffix("/result.json") && $0.hasPrefix("state/sessions/") } == 4)
        #expect(model.requestCount == 4)
      }
    }
  }
}
