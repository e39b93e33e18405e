import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// Real supervisors are told how a session ended by its exit code.
@Suite("Supervisors and exit codes")
struct SupervisorCodeTests {
  /// It asks its child once and says itself that the time was over.
  @Test(
    "timeout reports 124, and the session has had one stop",
    .enabled(if: Installed.has("/usr/bin/timeout"), "timeout is not installed"))
  func timeout() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.silence])
      try await model.run { url in
        let session = try Session(model: url, in: folder)
        let (ended, _) = try await session.run(shell: "exec timeout -k 10 3 PROGRAM") { _ in
          try await until { model.requestCount == 1 }
        }
        #expect(ended.code == 124, "\(ended)")
        #expect(!ended.standardError.contains("received again"), "\(ended)")
        #expect(session.status["exitCode"]?.intValue == 143)
        #expect(session.status["sync"]?["acknowledged"] == true, "results were delivered")
        #expect(Leftovers.processes(of: folder) == [])
      }
    }
  }

  @Test("runit: finish is given the code", .enabled(if: Installed.has("/usr/bin/runsv"), "runit is not installed"))
  func runit() async throws {
    try await finish(["/usr/bin/runsv"]) { process, _ in process.send(SIGTERM) }
  }

  @Test("s6: finish is given the code", .enabled(if: Installed.has("/usr/bin/s6-supervise"), "s6 is not installed"))
  func s6() async throws {
    try await finish(["/usr/bin/s6-supervise"]) { process, _ in process.send(SIGTERM) }
  }

  /// A session that is not configured ends with 78 under a supervisor that starts it again and again.
  private func finish(
    _ supervisor: [String], end: (LaunchedSession, Folder) async throws -> Void
  ) async throws {
    try await Folder.with { folder in
      chmod(try folder.write("service/run", "#!/bin/sh\nunset SESSION_ID\nexec '\(Program.path)'\n"), 0o755)
      chmod(try folder.write("service/finish", "#!/bin/sh\necho $1 > '\(folder.path)/code'\n"), 0o755)
      let process = try LaunchedSession(
        executable: supervisor[0], arguments: ["\(folder.path)/service"], environment: Session(in: folder).environment,
        folder: folder.path)
      do {
        try await until { folder.text("code") == "78\n" }
        try await end(process, folder)
        _ = try await process.wait()
      } catch {
        process.end()
        throw error
      }
      try await until { Leftovers.processes(of: folder).isEmpty }
    }
  }

  @Test(
    "supervisord knows which codes to expect",
    .enabled(if: Installed.has("/usr/bin/supervisord"), "supervisor is not installed"))
  func supervisord() async throws {
    try await Folder.with { folder in
      let configuration = try folder.write(
        "supervisord.conf",
        """
        [supervisord]
        nodaemon=true
        logfile=\(folder.path)/supervisord.log
        pidfile=\(folder.path)/supervisord.pid
        user=\(Installed.isRoot ? "root" : "")
        [program:session]
        command=env -u SESSION_ID '\(Program.path)'
        autorestart=unexpected
        exitcodes=0,78
        startsecs=0

        """)
      let process = try LaunchedSession(
        executable: "/usr/bin/supervisord", arguments: ["--configuration", configuration],
        environment: Session(in: folder).environment, folder: folder.path)
      do {
        try await until { folder.text("supervisord.log").contains("exit status 78; expected") }
        process.send(SIGTERM)
        #expect(try await process.wait() == 0)
      } catch {
        process.end()
        throw error
      }
      #expect(!folder.text("supervisord.log").contains("not expected"))
      try await until { Leftovers.processes(of: folder).isEmpty }
    }
  }
}
