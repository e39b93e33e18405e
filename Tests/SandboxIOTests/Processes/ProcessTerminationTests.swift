import Glibc
import SandboxCore
import SandboxIO
import Testing

@Suite struct ProcessTerminationTests {
  /// What the machine may take on top of what is promised, when it is busy with other things.
  private let slack = Duration.seconds(5)

  @Test func timeoutEndsAProgramThatListens() async throws {
    let result = try await ProcessRunner.run(spec("/bin/sleep", "600") { $0.timeout = .milliseconds(200) })
    #expect(result.termination == .timedOut)
    #expect(result.status == .signaled(SIGTERM))
    #expect(result.duration >= .milliseconds(200))
    #expect(result.duration < .seconds(2) + slack)
  }

  @Test func timeoutKillsAProgramThatDoesNotListen() async throws {
    try await withTemporaryFolder { folder in
      let result = try await ProcessRunner.run(
        shell("trap '' TERM; sleep 600 & echo $! > child; echo $$ > shell; echo started; wait; wait; sleep 600; true") {
          $0.workingDirectory = folder
          $0.timeout = .milliseconds(300)
          $0.terminationGrace = .milliseconds(300)
        })
      #expect(result.termination == .timedOut)
      #expect(result.status == .signaled(SIGKILL))
      #expect(result.standardOutput.text == "started\n")
      #expect(result.duration >= .milliseconds(600))
      #expect(result.duration < .milliseconds(850) + slack)
      let child = try await pid(in: folder + "/child")
      #expect(try await eventually { !isAlive(child) })
    }
  }

  @Test func aStoppedProgramIsEnded() async throws {
    let result = try await ProcessRunner.run(shell("kill -STOP $$; sleep 600") { $0.timeout = .milliseconds(200) })
    #expect(result.termination == .timedOut)
    #expect(result.status == .signaled(SIGTERM))
  }

  /// Its init, which belongs to the same user, holds it to its time.
  @Test func whoStopsItsInitIsEnded() async throws {
    let result = try await ProcessRunner.run(
      shell("kill -STOP $PPID; echo stopped; sleep 600") { $0.timeout = .milliseconds(300) })
    #expect(result.termination == .timedOut)
    #expect(result.standardOutput.text == "stopped\n")
    #expect(result.duration < .seconds(2) + slack)
  }

  @Test func whoStopsItsInitAgainAndAgainIsEnded() async throws {
    try await withTemporaryFolder { folder in
      let result = try await ProcessRunner.run(
        shell("echo $$ > child; init=$PPID; (while :; do kill -STOP $init; done) & sleep 600") {
          $0.workingDirectory = folder
          $0.timeout = .milliseconds(300)
        })
      #expect(!result.isSuccess)
      #expect(result.duration < .seconds(2) + slack)
      let child = try await pid(in: folder + "/child")
      #expect(try await eventually { !isAlive(child) })
    }
  }

  @Test func programMayCleanUpInItsGrace() async throws {
    let result = try await ProcessRunner.run(
      shell("trap 'echo cleaned; exit 3' TERM; echo ready; while :; do sleep 0.02; done") {
        $0.timeout = .seconds(1)
        $0.terminationGrace = .seconds(30)
      })
    #expect(result.termination == .timedOut)
    #expect(result.status == .exited(3))
    #expect(result.standardOutput.text == "ready\ncleaned\n")
  }

  @Test func backgroundChildrenDieWithTheirParent() async throws {
    try await withTemporaryFolder { folder in
      let result = try await ProcessRunner.run(
        shell("(trap '' TERM HUP; sleep 600) & echo $! > child; exit 5") { $0.workingDirectory = folder })
      #expect(result.status == .exited(5))
      #expect(result.termination == .exited)
      #expect(result.duration < .seconds(60))
      let child = try await pid(in: folder + "/child")
      #expect(try await eventually { !isAlive(child) })
    }
  }

  @Test func aHeldPipeDoesNotDelayTheResult() async throws {
    try await withTemporaryFolder { folder in
      let result = try await ProcessRunner.run(
        shell("setsid sh -c 'echo $$ > daemon; exec sleep 600' & while [ ! -s daemon ]; do sleep 0.01; done; echo out")
        {
          $0.workingDirectory = folder
        })
      #expect(result.isSuccess)
      #expect(result.standardOutput.text == "out\n")
      #expect(result.duration < .seconds(30))
      #expect(result.usage.sweptProcesses >= 1)
      let daemon = try await pid(in: folder + "/daemon")
      #expect(kill(daemon, 0) != 0)
    }
  }

  @Test func daemonsAreEndedWithTheProgram() async throws {
    try await withTemporaryFolder { folder in
      // The first survives as an orphan of its own session, the second only appears when its TERM-proof parent dies.
      let script = """
        setsid sh -c 'setsid sh -c "echo \\$\\$ > a; exec sleep 600" & sleep 0.01' &
        setsid sh -c 'trap "" TERM HUP; setsid sh -c "echo \\$\\$ > b; exec sleep 600" &
                   echo $$ > c; wait; wait; sleep 600' &
        while [ ! -s a ] || [ ! -s b ] || [ ! -s c ]; do sleep 0.01; done
        """
      let result = try await ProcessRunner.run(
        shell(script) {
          $0.workingDirectory = folder
        })
      #expect(result.isSuccess)
      for name in ["a", "b", "c"] {
        let daemon = try await pid(in: folder + "/" + name)
        #expect(!isAlive(daemon), "\(name)")
        // Collected too: not even a zombie is left.
        #expect(kill(daemon, 0) != 0, "\(name)")
      }
    }
  }

  @Test func otherCallsProcessesAreLeftAlone() async throws {
    try await withTemporaryFolder { folder in
      let script = "setsid sh -c 'echo $$ > daemon; exec sleep 600' >/dev/null & exec sleep 600"
      try await withThrowingTaskGroup(of: Void.self) { (group) async throws in
        group.addTask { _ = try await ProcessRunner.run(shell(script) { $0.workingDirectory = folder }) }
        let daemon = try await pid(in: folder + "/daemon")
        _ = try await ProcessRunner.run(shell("setsid sleep 600 & exit 0"))
        #expect(isAlive(daemon))
        group.cancelAll()
        while let result = await group.nextResult() { #expect(throws: SandboxError.self) { try result.get() } }
        #expect(!isAlive(daemon))
      }
    }
  }

  @Test func orphansThatEndAreCollectedWhileTheCallRuns() async throws {
    try await withTemporaryFolder { folder in
      let script = "for i in 1 2 3; do (setsid sh -c 'echo $$ >> orphans' &); done; exec sleep 600"
      try await withThrowingTaskGroup(of: Void.self) { (group) async throws in
        group.addTask { _ = try await ProcessRunner.run(shell(script) { $0.workingDirectory = folder }) }
        func orphans() -> [pid_t] {
          (try? contents(of: folder + "/orphans"))?.split(separator: "\n").compactMap { pid_t($0) } ?? []
        }
        #expect(try await eventually { orphans().count == 3 && orphans().allSatisfy { kill($0, 0) != 0 } })
        group.cancelAll()
        while let result = await group.nextResult() { #expect(throws: SandboxError.self) { try result.get() } }
      }
    }
  }

  @Test func otherPeoplesChildrenAreLeftToThem() async throws {
    // Started without a session of its own, by code that knows nothing of ours.
    var child = pid_t()
    let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup("-c"), strdup("exit 7"), nil]
    defer { for argument in arguments { free(argument) } }
    try #require(posix_spawn(&child, "/bin/sh", nil, nil, arguments, nil) == 0)
    #expect(try await eventually { !isAlive(child) })
    _ = try await ProcessRunner.run(spec("/bin/true"))
    var status: Int32 = 0
    #expect(waitpid(child, &status, 0) == child)
    #expect(status == 7 << 8)
  }

  @Test func cancellingKillsTheGroupAndThrowsOnceItIsGone() async throws {
    try await withTemporaryFolder { folder in
      let spec = shell("trap '' TERM; sleep 600 & echo $! > child; echo $$ > shell; wait; wait; sleep 600; true") {
        $0.workingDirectory = folder
        $0.terminationGrace = .milliseconds(200)
      }
      await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { _ = try await ProcessRunner.run(spec) }
        await #expect(throws: Never.self) {
          _ = try await pid(in: folder + "/shell")
        }
        group.cancelAll()
        let error = await #expect(throws: SandboxError.self) { try await group.next() }
        #expect(error?.code == .cancelled)
      }
      let shell = try await pid(in: folder + "/shell")
      let child = try await pid(in: folder + "/child")
      #expect(kill(shell, 0) != 0)
      #expect(try await eventually { !isAlive(child) })
    }
  }

  @Test func aCancelledCallerStartsNothing() async throws {
    try await withTemporaryFolder { folder in
      await withTaskGroup(of: SandboxError.Code?.self) { group in
        group.cancelAll()
        group.addTask {
          do {
            _ = try await ProcessRunner.run(spec("/usr/bin/touch", folder + "/file"))
            return nil
          } catch { return (error as? SandboxError)?.code }
        }
        #expect(await group.next() == .cancelled)
      }
      #expect(access(folder + "/file", F_OK) != 0)
    }
  }
}
