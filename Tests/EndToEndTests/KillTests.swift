import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// SIGKILL, which nobody can prepare for, of either process at every moment.
@Suite("Killed at every moment")
struct KillTests {
  @Test(
    "The runtime: the guard sweeps and starts it once more, to say how the session ended",
    arguments: SessionMoment.allCases)
  func runtime(moment: SessionMoment) async throws {
    try await MomentTrial.with(moment, ignoresTERM: true) { trial in
      let (ended, elapsed) = try await trial.run { process in
        kill(try #require(process.runtime), SIGKILL)
        // An endpoint that is there again gets the results.
        if moment == .sync { try trial.release() }
      }
      #expect(elapsed < .seconds(8), "\(ended.standardError)")
      #expect(trial.leftovers == [])
      #expect(ended.standardError.contains("the runtime was ended by signal 9"), "\(ended.standardError)")
      if moment == .ended { return try await trial.expectEnded(ended) }
      #expect(ended.code == 70, "\(ended.standardError)")
      guard moment.hasSession else { return #expect(!trial.session.folder.exists("state/sessions/s1")) }
      #expect(trial.session.status["reason"]?["kind"]?.stringValue == "internal")
      try await trial.expectOutcome("internal", ended, isOrderly: true)
    }
  }

  @Test(
    "The runtime, while it is stopping: what the first signal asked for stands",
    arguments: [SessionMoment.starting, .tool, .delegated, .sync])
  func stoppingRuntime(moment: SessionMoment) async throws {
    try await MomentTrial.with(moment, ignoresTERM: true) { trial in
      let (ended, elapsed) = try await trial.run { process in
        process.send(SIGINT)
        try await process.untilStopping()
        if let runtime = process.runtime { kill(runtime, SIGKILL) }
      }
      #expect(elapsed < MomentTrial.grace + .seconds(5), "\(ended.standardError)")
      #expect(trial.leftovers == [])
      #expect(ended.code == 130, "\(ended.standardError)")
      #expect(trial.session.status["reason"]?["kind"]?.stringValue == "interrupt")
      try await trial.expectOutcome("cancelled", ended, isOrderly: false)
    }
  }

  @Test("The guard alone, as some supervisors do: nothing is left two seconds later", arguments: SessionMoment.allCases)
  func guardAlone(moment: SessionMoment) async throws {
    try await MomentTrial.with(moment, ignoresTERM: true) { trial in
      var isGone = false
      let (ended, _) = try await trial.run { process in
        let runtime = try #require(process.runtime)
        process.send(SIGKILL)
        // One that is about to end has no command line any more, and still its files.
        isGone = try await eventually(within: .seconds(2)) {
          trial.leftovers.isEmpty && LaunchedSession.hasEnded(runtime)
        }
      }
      #expect(isGone, "\(trial.leftovers)")
      #expect(ended.code == -SIGKILL)
      guard moment.hasSession else { return }
      // What was committed can be read.
      let records = try await trial.session.journal()
      #expect(records.map(\.sequence) == Array(1...Int64(max(1, records.count))))
    }
  }

  @Test("Started and killed as E2B does it, by a login shell and with SIGKILL to the one process")
  func startedByALoginShell() async throws {
    try await MomentTrial.with(.tool, ignoresTERM: true) { trial in
      let start = "echo 100 > /proc/$$/oom_score_adj; exec nice -n 1 \"$@\""
      let line = "exec /bin/bash -l -c 'exec /bin/sh -c \"$0\" sh \"$1\"' '\(start)' PROGRAM"
      var isGone = false
      let ended = try await trial.session.run(shell: line) { process in
        try await until { trial.isReached(process) }
        let runtime = try #require(process.runtime)
        process.send(SIGKILL)
        // One that is about to end has no command line any more, and still its files.
        isGone = try await eventually(within: .seconds(2)) {
          trial.leftovers.isEmpty && LaunchedSession.hasEnded(runtime)
        }
      }.ended
      #expect(isGone, "\(trial.leftovers)")
      #expect(ended.code == -SIGKILL)
    }
  }
}
