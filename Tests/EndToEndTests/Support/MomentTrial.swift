import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// A session that is held at one moment of its life until the test lets it go on.
struct MomentTrial {
  let moment: SessionMoment
  let session: Session
  /// How the program is started: a shell line in which `PROGRAM` stands for it.
  let line: String
  let standardOutput: String?
  /// Whether the session has come to the moment.
  let isReached: @Sendable (LaunchedSession) -> Bool
  /// Lets it go on.
  let release: @Sendable () throws -> Void

  static let grace = Duration.seconds(3)

  /// - Parameters:
  ///   - ignoresTERM: of the tool and of the MCP server.
  ///   - goesOn: the endpoint of ``SessionMoment/sync`` answers after a while, and not only when it is let go on.
  static func with<R>(
    _ moment: SessionMoment, ignoresTERM: Bool = false, goesOn: Bool = false, _ body: (MomentTrial) async throws -> R
  ) async throws -> R {
    if moment == .sync { return try await withCloud(goesOn: goesOn, body) }
    return try await Folder.with { folder in
      let gate = Box(false)
      let server = ScriptedModelServer(script(moment, gate))
      return try await server.run { url in
        var session = try Session(
          model: url, in: folder, manifests: manifests(moment, ignoresTERM: ignoresTERM, in: folder))
        session.environment["AGENT_SHUTDOWN_GRACE_MS"] = "\(grace.milliseconds)"
        return try await body(try MomentTrial(moment, session, server, gate))
      }
    }
  }

  private static func withCloud<R>(goesOn: Bool, _ body: (MomentTrial) async throws -> R) async throws -> R {
    try await CloudTrial.with(environment: ["AGENT_SHUTDOWN_GRACE_MS": "\(grace.milliseconds)"]) { trial in
      let fault = goesOn ? ConvexFault.slow(milliseconds: 1_000) : .silence
      trial.cloud.fail(fault, path: "sessions:syncResults", times: goesOn ? 1 : 100)
      let cloud = trial.cloud
      return try await body(
        MomentTrial(
          moment: .sync, session: trial.session, line: "exec PROGRAM", standardOutput: nil,
          isReached: { _ in cloud.calls.contains { $0.path == "sessions:syncResults" } }, release: { cloud.heal() }))
    }
  }

  /// Runs the session, held at its moment while `act` is called, to its end.
  ///
  /// - Parameter prefix: what the shell does first.
  func run(
    after prefix: String = "", _ act: (LaunchedSession) async throws -> Void
  ) async throws -> (ended: Session.Ended, elapsed: Duration) {
    var start = ContinuousClock.now
    let ended = try await session.run(shell: prefix + line, standardOutput: standardOutput) { process in
      try await until { isReached(process) }
      start = .now
      try await act(process)
    }.ended
    return (ended, .now - start)
  }

  /// What still has to do with it, which nothing should.
  var leftovers: [String] { Leftovers.processes(of: session.folder) }
}

// MARK: - How each moment is made

extension MomentTrial {
  fileprivate init(_ moment: SessionMoment, _ session: Session, _ server: ScriptedModelServer, _ gate: Box<Bool>) throws
  {
    let folder = session.folder
    let pipe = Box<UnreadPipe?>(
      moment == .reading || moment == .ended ? try UnreadPipe("pipe", in: folder, isFull: moment == .ended) : nil)
    self.moment = moment
    self.session = session
    line = moment == .reading ? "exec PROGRAM run --config - <'\(folder.path)/pipe'" : "exec PROGRAM"
    standardOutput = moment == .ended ? "\(folder.path)/pipe" : nil
    isReached = { process in
      switch moment {
      case .reading: process.runtime.map { LaunchedSession.handles(SIGTERM, $0) } ?? false
      case .starting: folder.exists("asked")
      case .model: server.requestCount == 2
      case .tool, .delegated: Leftovers.processes(of: folder).contains { $0.contains("sleep 0.1") }
      case .ended: session.status["outcome"]?.stringValue != nil
      case .sync: false
      }
    }
    release = {
      gate.value = true
      try folder.write("go", "")
      // Whoever holds the pipe open closes it now, with the configuration in it.
      if moment == .reading { try folder.write("pipe", "{}") }
      pipe.value = nil
    }
  }

  fileprivate static func manifests(
    _ moment: SessionMoment, ignoresTERM: Bool, in folder: Folder
  ) throws -> [JSONValue] {
    switch moment {
    case .starting:
      let stubborn = ignoresTERM ? "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" : ""
      return [
        try PythonMCPServer.manifest(
          """
          \(stubborn)answer = initialize
          def initialize(id):
            touch("asked")
            while not os.path.exists("\(folder.path)/go"): time.sleep(0.05)
            answer(id)
          """, in: folder)
      ]
    case .tool, .delegated:
      let trap = ignoresTERM ? "trap '' TERM INT HUP; " : ""
      var tool = CommandManifest.script("probe", "\(trap)while ! [ -e '\(folder.path)/go' ]; do sleep 0.1; done")
      if moment == .delegated, var members = tool.objectValue {
        members["metadata"] = ["category": "content"]
        tool = .object(members)
      }
      return [tool]
    default: return []
    }
  }

  fileprivate static func script(
    _ moment: SessionMoment, _ gate: Box<Bool>
  ) -> @Sendable (ScriptedModelServer.Request) async -> ScriptedModelReply {
    { request in
      let results = request.messages.count { $0["role"] == "tool" }
      if request.messages.contains(where: { $0["content"]?.stringValue?.hasPrefix("part ") == true }) {
        return results == 0 ? .call("probe") : .text("The part is done.")
      }
      switch (moment, results) {
      case (.model, 0), (.tool, 0), (.delegated, 0): return .document(DocumentSession.name, DocumentSession.text)
      case (.model, 1):
        _ = try? await eventually { gate.value }
        return .text("Done.")
      case (.tool, 1): return .call("probe")
      case (.delegated, 1): return .call("delegate_task", ["agentId": "omega:content", "task": "part one"])
      default: return .text("Done.")
      }
    }
  }
}
