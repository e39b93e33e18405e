import Glibc
import SandboxCore
import SandboxIO
import Testing

@testable import SandboxTools

/// Real programs that are stopped: what they had written is not lost.
@Suite struct BusInterruptedTests {
  private func executor(_ script: String) -> CommandExecutor {
    CommandExecutor(
      CommandSpec(executable: "/bin/sh", arguments: [.literal("-c"), .literal(script)]), workspace: "/tmp",
      temporary: "/tmp")
  }

  private func definition(_ timeout: Duration) -> ToolDefinition {
    ToolDefinition(
      id: "t".asID(), description: "", category: "execution", parameters: ["type": "object"], timeout: timeout)
  }

  @Test func aTimeoutKeepsTheOutput() async throws {
    let fixture = try await BusFixture()
    try await fixture.bus.register(
      definition(.milliseconds(700)), executor: executor("echo half done; echo careful >&2; exec sleep 600"))
    let result = try await fixture.run("t")
    #expect(result.error == ErrorRecord(code: .timeout, message: "Execution timeout after 700ms"))
    #expect(result.text == "Execution timeout after 700ms\nhalf done\n\n[standard error]\ncareful\n")
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.output == result.text)
    #expect(execution.outputBytes > 0)
    #expect(await fixture.announcements("terminal").first?["output"] == "half done\n")
  }

  @Test func cancellingKeepsTheOutputInTheRecord() async throws {
    let fixture = try await BusFixture()
    let file = "/tmp/bus-interrupted-\(getpid())"
    defer { unlink(file) }
    try await fixture.bus.register(
      definition(.seconds(60)), executor: executor("echo half done; touch \(file); exec sleep 600"))
    let task = Task { try await fixture.run("t") }
    await eventually { access(file, F_OK) == 0 }
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.status == .cancelled)
    #expect(execution.output == "cancelled while it ran\nhalf done\n")
  }

  @Test func theRunnerSaysWhatWasWritten() async throws {
    let file = "/tmp/bus-runner-\(getpid())"
    defer { unlink(file) }
    let spec = ProcessSpec(
      argv: ["/bin/sh", "-c", "printf abc; : >\(file); exec sleep 600"],
      environment: [("PATH", "/usr/bin:/bin")], workingDirectory: "/tmp")
    let task = Task { try await ProcessRunner.run(spec) }
    await eventually { access(file, F_OK) == 0 }
    task.cancel()
    do {
      _ = try await task.value
      Issue.record("returned")
    } catch {
      let error = try #require(error as? SandboxError)
      #expect(error.code == .cancelled)
      let cause = try #require(error.cause as? ProcessInterrupted)
      #expect(cause.result.termination == .cancelled)
      #expect(cause.result.standardOutput.text == "abc")
    }
  }

  @Test func whatWasNeverStartedWroteNothing() async throws {
    let spec = ProcessSpec(argv: ["/bin/true"], environment: [], workingDirectory: "/tmp")
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await ProcessRunner.run(spec)
    }
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    do { _ = try await task.value } catch { #expect((error as? SandboxError)?.cause == nil) }
  }
}
