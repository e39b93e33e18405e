import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// Real supervisors, as Debian has them, start a session and stop it. One stop is one stop, however many processes of the
/// session the supervisor signals; where a supervisor is not installed, its test is skipped.
@Suite("Supervisors")
struct SupervisorTests {
  /// Starts a session that waits for its model behind `prefix`, has it stopped, and checks what is left.
  ///
  /// - Parameters:
  ///   - code: of what was started; nil for one that runs on, and is ended.
  ///   - startsByItself: the supervisor finds the program in its configuration.
  private func stopped(
    _ prefix: [String], code: Int32?, ending: Int32 = 143, startsByItself: Bool = false,
    prepare: (Folder) throws -> Void = { _ in },
    by stop: (LaunchedSession, Folder) async throws -> Void = { _, _ in }
  ) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.silence])
      try await model.run { url in
        let session = try Session(model: url, in: folder)
        try prepare(folder)
        try await Session.inTurn {
          let arguments =
            startsByItself ? [] : [Program.path]
          let line = (prefix + arguments).map { $0.replacing("FOLDER", with: folder.path) }
          let process = try LaunchedSession(
            executable: line[0], arguments: Array(line.dropFirst()), environment: session.environment,
            folder: folder.path)
          do {
            try await until { model.requestCount == 1 }
            try await stop(process, folder)
            try await until { session.status["exitCode"]?.intValue == Int(ending) }
            if let code { #expect(try await process.wait() == code, "\(process.standardError)") } else { process.end() }
          } catch {
            process.end()
            throw error
          }
          #expect(session.status["state"] == "cancelled")
          #expect(!process.standardError.contains("received again"), "\(process.standardError)")
          #expect(folder.exists("state/cloud/s1/results.json"), "the results were delivered all the same")
          try await until { Leftovers.processes(of: folder).isEmpty }
        }
      }
    }
  }

  @Test(
    "tini", .enabled(if: Installed.has("/usr/bin/tini"), "tini is not installed"), arguments: [["-s"], ["-s", "-g"]])
  func tini(options: [String]) async throws {
    try await stopped(["/usr/bin/tini"] + options + ["--"], code: 143, by: { process, _ in process.send(SIGTERM) })
  }

  /// It signals its child, and then its whole group.
  @Test("timeout", .enabled(if: Installed.has("/usr/bin/timeout"), "timeout is not installed"))
  func timeout() async throws {
    try await stopped(["/usr/bin/timeout", "--preserve-status", "3"], code: 143)
  }

  @Test("A signal to the whole process group")
  func group() async throws {
    try await stopped([], code: 143, by: { process, _ in kill(-process.pid, SIGTERM) })
  }

  @Test(
    "A signal to the runtime instead of the guard",
    arguments: [
      (SIGTERM, Int32(143)), (SIGINT, Int32(130)), (SIGHUP, Int32(129)),
    ])
  func runtime(signal: Int32, code: Int32) async throws {
    try await stopped([], code: code, ending: code, by: { process, _ in kill(try #require(process.runtime), signal) })
  }

  @Test("As process 1 of a container", .enabled(if: geteuid() == 0, "only root makes a PID namespace"))
  func processOne() async throws {
    try await stopped(
      ["/usr/bin/unshare", "--fork", "--pid", "--mount-proc"], code: 143,
      by: { process, _ in
        let children = LaunchedSession.text("/proc/\(process.pid)/task/\(process.pid)/children")
        kill(try #require(children.split(separator: " ").first.flatMap { pid_t($0) }), SIGTERM)
      })
  }

  @Test("Stopped and continued, as by a frozen machine")
  func frozen() async throws {
    try await stopped(
      [], code: 143,
      by: { process, _ in
        process.send(SIGSTOP)
        try await until { LaunchedSession.text("/proc/\(process.pid)/stat").contains(") T ") }
        process.send(SIGTERM)
        process.send(SIGCONT)
      })
  }

  @Test("runit", .enabled(if: Installed.has("/usr/bin/runsv"), "runit is not installed"))
  func runit() async throws {
    try await stopped(
      ["/usr/bin/runsv", "FOLDER/service"], code: 0, startsByItself: true,
      prepare: { folder in
        chmod(try folder.write("service/run", "#!/bin/sh\nexec \(Program.path)\n"), 0o755)
      },
      by: { _, folder in
        let control = try LaunchedSession(
          executable: "/usr/bin/sv", arguments: ["exit", "\(folder.path)/service"], environment: [:],
          folder: folder.path + "/service")
        _ = try await control.wait()
      })
  }

  @Test("s6", .enabled(if: Installed.has("/usr/bin/s6-supervise"), "s6 is not installed"))
  func s6() async throws {
    try await stopped(
      ["/usr/bin/s6-supervise", "FOLDER/service"], code: nil, startsByItself: true,
      prepare: { folder in
        chmod(try folder.write("service/run", "#!/bin/sh\nexec \(Program.path)\n"), 0o755)
      },
      by: { _, folder in
        let control = try LaunchedSession(
          executable: "/usr/bin/s6-svc", arguments: ["-xd", "\(folder.path)/service"], environment: [:],
          folder: folder.path + "/service")
        _ = try await control.wait()
      })
  }

  @Test("supervisord", .enabled(if: Installed.has("/usr/bin/supervisord"), "supervisor is not installed"))
  func supervisord() async throws {
    try await stopped(
      ["/usr/bin/supervisord", "--nodaemon", "--configuration", "FOLDER/supervisord.conf"], code: nil,
      startsByItself: true,
      prepare: { folder in
        try folder.write(
          "supervisord.conf",
          """
          [supervisord]
          nodaemon=true
          logfile=\(folder.path)/supervisord.log
          pidfile=\(folder.path)/supervisord.pid
          user=\(geteuid() == 0 ? "root" : "")
          [program:session]
          command=\(Program.path)
          autorestart=false
          startsecs=0
          stopwaitsecs=10
          """)
      },
      by: { process, _ in process.send(SIGTERM) })
  }

  @Test("bubblewrap", .enabled(if: Installed.has("/usr/bin/bwrap"), "bubblewrap is not installed"))
  func bubblewrap() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.call("echo", ["text": "x"]), .text("done")])
      try await model.run { url in
        let session = try Session(model: url, in: folder)
        let line = [
          "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
          "--bind", folder.path, folder.path, "--", Program.path,
        ]
        let code = try await Session.inTurn {
          try await LaunchedSession(
            executable: "/usr/bin/bwrap", arguments: line, environment: session.environment, folder: folder.path
          ).wait()
        }
        #expect(code == 0)
        #expect(session.status["outcome"] == "completed")
        #expect(session.status["isolation"]?["level"]?.stringValue != nil)
        #expect(Leftovers.processes(of: folder).isEmpty)
      }
    }
  }
}
