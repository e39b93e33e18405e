import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Standard streams that are closed, full or missing")
struct StreamTests {
  private func expectCompletion(_ shell: String?, standardOutput: String? = nil, in folder: Folder) async throws {
    let text = String(repeating: "long line ", count: 2_000)
    let server = ScriptedModelServer { request in
      request.number < 20
        ? .call("echo", ["text": .string("\(request.number) \(text)")], id: "c\(request.number)") : .text("Done.")
    }
    try await server.run { url in
      var session = try Session(model: url, in: folder)
      // A warning for standard error.
      session.environment["AGENT_NO_SUCH_THING"] = "1"
      let (ended, _) = try await session.run(shell: shell, standardOutput: standardOutput) { _ in }
      #expect(ended.code == 0, "\(ended.standardError)")
      #expect(session.status["exitCode"]?.intValue == 0)
      #expect(session.status["outcome"]?.stringValue == "completed")
      #expect(session.result["answer"]?.stringValue == "Done.")
      #expect(SessionState.fold(try await session.journal()).lifecycle.outcome?.exitCode == .completed)
    }
  }

  @Test("Standard output, standard error, or all three closed", arguments: [">&-", "2>&-", "<&- >&- 2>&-"])
  func closed(redirection: String) async throws {
    try await Folder.with { try await expectCompletion("exec PROGRAM \(redirection)", in: $0) }
  }

  @Test("A device that is always full")
  func fullDevice() async throws {
    try await Folder.with { try await expectCompletion(nil, standardOutput: "/dev/full", in: $0) }
  }

  @Test("A reader of standard output that never reads")
  func unreadOutput() async throws {
    try await Folder.with { folder in
      let pipe = try UnreadPipe("out", in: folder)
      try await expectCompletion(nil, standardOutput: pipe.path, in: folder)
    }
  }

  @Test("A reader of standard error that never reads")
  func unreadError() async throws {
    try await Folder.with { folder in
      let pipe = try UnreadPipe("err", in: folder)
      try await expectCompletion("exec PROGRAM 2>'\(pipe.path)'", in: folder)
    }
  }

  @Test("A reader that goes away")
  func readerLeaves() async throws {
    try await Folder.with {
      try await expectCompletion("mkfifo p; head -c 100 <p >/dev/null & exec PROGRAM >p", in: $0)
    }
  }

  @Test("TERM ends a session whose two streams nobody reads")
  func terminate() async throws {
    try await Folder.with { folder in
      let out = try UnreadPipe("out", in: folder)
      let err = try UnreadPipe("err", in: folder)
      try await DocumentSession.run(in: folder, next: { _ in .delayed(.seconds(60), .text("too late")) }) {
        session, server in
        var session = session
        session.environment["AGENT_NO_SUCH_THING"] = "1"
        var start = ContinuousClock.now
        let (ended, _) = try await session.run(shell: "exec PROGRAM >'\(out.path)' 2>'\(err.path)'") { process in
          try await until { server.requestCount == 2 }
          start = .now
          process.send(SIGTERM)
        }
        #expect(ended.code == 143)
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(session.status["exitCode"]?.intValue == 143)
        #expect(SessionState.fold(try await session.journal()).lifecycle.outcome?.exitCode == .terminated)
        try session.expectDelivered(DocumentSession.name, containing: DocumentSession.text)
      }
    }
  }
}
