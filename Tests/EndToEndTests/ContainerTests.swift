import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// Sessions with less than a process usually has: in containers, without root, without an environment.
@Suite("Containers and small rights")
struct ContainerTests {
  @Test(
    "runc with what engines leave",
    .enabled(if: Container.isInstalled && Installed.isRoot, "needs root, runc and its seccomp profile"),
    arguments: Container.Rights.allCases)
  func runc(_ rights: Container.Rights) async throws {
    let level = try await ToolSession.plainLevel(without: rights == .docker ? "namespaces,cgroups" : "")
    try await Folder.with { folder in
      let container = try Container(try ToolSession.make(in: folder), rights)
      let ended = try await container.session.run(shell: container.line) { _ in }.ended
      try await container.remove()
      try await ToolSession.expectDone(container.session, ended)
      let isolation = container.session.status["isolation"]
      #expect(isolation?["level"] == level, "tools are held back as well as outside")
      let missing = isolation?["missing"]?.text() ?? ""
      #expect(missing.contains("namespaces cannot be made") == (rights == .docker), "\(missing)")
    }
  }

  @Test(
    "runc, stopped by TERM to process 1",
    .enabled(if: Container.isInstalled && Installed.isRoot, "needs root, runc and its seccomp profile"))
  func runcStopped() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.silence])
      try await model.run { url in
        let container = try Container(try Session(model: url, in: folder))
        let ended: Session.Ended
        do {
          ended = try await container.session.run(shell: container.line) { _ in
            try await until { model.requestCount == 1 }
            try await container.send("TERM")
          }.ended
        } catch {
          try await container.remove()
          throw error
        }
        #expect(ended.code == 143, "\(ended)")
        try await container.session.expectConsistent(ended)
        #expect(Leftovers.processes(of: folder) == [])
      }
    }
  }

  @Test(
    "bubblewrap with nothing shared but files to read",
    .enabled(if: Installed.has("/usr/bin/bwrap"), "bubblewrap is not installed"))
  func bubblewrap() async throws {
    let level = try await ToolSession.plainLevel()
    try await Folder.with { folder in
      let session = try ToolSession.make(in: folder)
      let line = """
        exec bwrap --unshare-all --die-with-parent --ro-bind / / --proc /proc --dev /dev --tmpfs /run \
        --bind '\(folder.path)' '\(folder.path)' PROGRAM
        """
      let ended = try await session.run(shell: line) { _ in }.ended
      try await ToolSession.expectDone(session, ended)
      #expect(session.status["isolation"]?["level"] == level)
    }
  }

  @Test(
    "A user without any rights",
    .enabled(
      if: Installed.isRoot && Installed.isReachable && Installed.has("/usr/bin/setpriv"),
      "needs root, setpriv, and a program that others can reach"))
  func nobody() async throws {
    let level = try await ToolSession.plainLevel()
    try await Folder.with { folder in
      let session = try ToolSession.make(in: folder)
      let line = """
        chown -R 65534:65534 '\(folder.path)'; exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs \
        --bounding-set -all --inh-caps -all PROGRAM
        """
      let ended = try await session.run(shell: line) { _ in }.ended
      try await ToolSession.expectDone(session, ended)
      #expect(session.status["isolation"]?["level"] == level)
    }
  }

  @Test("An empty environment but for what the session needs")
  func emptyEnvironment() async throws {
    try await Folder.with { folder in
      let session = try ToolSession.make(in: folder)
      let variables = session.environment.map { "'\($0.key)=\($0.value)'" }.joined(separator: " ")
      let ended = try await session.run(shell: "exec env -i \(variables) PROGRAM") { _ in }.ended
      try await ToolSession.expectDone(session, ended)
    }
  }

  @Test("Started by nohup, it does not mind the end of the terminal")
  func nohup() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.delayed(.milliseconds(500), .text("Done."))])
      try await model.run { url in
        let session = try Session(model: url, in: folder)
        let ended = try await session.run(shell: "exec nohup PROGRAM") { process in
          try await until { model.requestCount == 1 }
          process.send(SIGHUP)
          process.runtime.map { _ = kill($0, SIGHUP) }
        }.ended
        #expect(ended.code == 0, "\(ended)")
        try await session.expectConsistent(ended)
        #expect(Leftovers.processes(of: folder) == [])
      }
    }
  }

  /// A process that lost its parent belongs to process 1, which has to collect it.
  @Test(
    "As process 1: orphans are collected, and TERM works",
    .enabled(if: Installed.isRoot, "only root makes a PID namespace"))
  func orphans() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.silence])
      try await model.run { url in
        let session = try Session(model: url, in: folder)
        let start = "(while ! [ -e go ]; do sleep 0.05; done) & exec PROGRAM"
        let line = "exec unshare --fork --pid --mount-proc --kill-child /bin/sh -c \"\(start)\""
        let ended = try await session.run(shell: line) { process in
          try await until { model.requestCount == 1 }
          let guardProcess = try #require(Self.children(of: process.pid).first)
          #expect(Self.children(of: guardProcess).count == 2, "the runtime and what is not its own")
          try folder.write("go", "")
          try await until { Self.children(of: guardProcess).count == 1 }
          kill(guardProcess, SIGTERM)
        }.ended
        #expect(ended.code == 143, "\(ended)")
        try await session.expectConsistent(ended)
        #expect(Leftovers.processes(of: folder) == [])
      }
    }
  }

  /// But for the inits of tools.
  private static func children(of pid: pid_t) -> [pid_t] {
    LaunchedSession.text("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
      .filter { LaunchedSession.text("/proc/\($0)/comm") != "tool-init\n" }
  }
}
