import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

/// Commands from manifest to recorded result.
@Suite struct CommandBusTests {
  private func add(
    _ fixture: BusFixture, _ commands: CommandFixture, _ script: String, timeout: Duration? = nil
  ) async throws {
    let spec = CommandSpec(executable: try commands.script(script), timeout: timeout)
    let definition = ToolDefinition(
      id: "cmd".asID(), description: "", category: "execution", parameters: ["type": "object"], timeout: timeout)
    try await fixture.bus.register(definition, executor: commands.executor(spec))
  }

  /// Whether a process with this marker in its environment is left.
  private func isRunning(_ marker: String) -> Bool {
    guard let folder = opendir("/proc") else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard Int(name) != nil else { continue }
      let file = open("/proc/\(name)/environ", O_RDONLY)
      guard file >= 0 else { continue }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 64 << 10)
      let count = read(file, &bytes, bytes.count)
      if count > 0, String(decoding: bytes[..<count], as: UTF8.self).contains("AGENT_CALL_ID=\(marker)\0") {
        return true
      }
    }
    return false
  }

  @Test func aManifestBecomesAResult() async throws {
    let commands = try CommandFixture()
    let fixture = try await BusFixture()
    let catalog = try Manifests.load(
      Manifests.manifest(
        Manifests.command(
          ["/usr/bin/wc", "-c", "--", "{path}"],
          [
            "schema": [
              "description": "Counts bytes",
              "parameters": ["type": "object", "properties": ["path": ["type": "string"]], "required": ["path"]],
            ]
          ])))
    let manifest = try #require(catalog.manifests.first)
    guard case .command(let spec) = manifest.kind else {
      Issue.record("no command")
      return
    }
    try await fixture.bus.register(manifest.definition(), executor: commands.executor(spec))
    try commands.folder.write("workspace/-a", "12345")
    #expect(try await fixture.run("cmd", "{\"path\":\"-a\"}").text == "5 -a\n")
    #expect(await fixture.types() == ["tool_call_started", "terminal", "tool_call_completed"])
    #expect(try await fixture.run("cmd", "{\"path\":\"none\"}", id: "2").error?.code == .toolFailed)
    #expect(try await fixture.run("cmd", "{}", id: "3").text == "Invalid arguments for cmd: /path: is required")
  }

  @Test(arguments: ["exec sleep 600", "sleep 600 & sleep 600 & wait", "trap '' TERM; while :; do sleep 600; done"])
  func timesOutWithEverythingItStarted(_ script: String) async throws {
    let commands = try CommandFixture()
    let fixture = try await BusFixture()
    try await add(fixture, commands, script, timeout: .milliseconds(300))
    let marker = "timeout-\(script.utf8.count)-\(getpid())"
    let start = ContinuousClock.now
    let result = try await fixture.run("cmd", id: marker)
    #expect(result.error == ErrorRecord(code: .timeout, message: "Execution timeout after 300ms"))
    // TERM, two seconds, KILL; the rest is for a slow machine.
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(!isRunning(marker))
    #expect(commands.leftovers == 0)
    #expect(fixture.bus.executionHistory().first?.status == .failed)
  }

  @Test func cancelledWithEverythingItStarted() async throws {
    let commands = try CommandFixture()
    let fixture = try await BusFixture()
    try await add(fixture, commands, "sleep 600 & echo started > started; wait")
    let marker = "cancel-\(getpid())"
    let task = Task { try await fixture.run("cmd", id: marker) }
    await eventually { access("\(commands.workspace)/started", F_OK) == 0 }
    #expect(isRunning(marker))
    task.cancel()
    await #expect(throws: SandboxError.self) { try await task.value }
    #expect(!isRunning(marker))
    #expect(fixture.bus.executionHistory().first?.status == .cancelled)
    #expect(commands.leftovers == 0)
  }

  @Test func floodIsBoundedForModelAndJournal() async throws {
    let commands = try CommandFixture()
    let fixture = try await BusFixture()
    try await add(fixture, commands, "echo begin; head -c 200000000 /dev/zero | tr '\\0' x")
    let result = try await fixture.run("cmd")
    #expect(result.error?.code == .outputLimit)
    #expect(result.text.utf8.count <= ToolText.maximumBytes)
    #expect(result.text.contains("begin\n"))
    #expect(result.text.contains("bytes omitted"))
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.isTruncated)
    #expect(execution.outputBytes > 64 << 20)
  }

  @Test func largeOutputKeepsBothEnds() async throws {
    let commands = try CommandFixture()
    let fixture = try await BusFixture()
    try await add(fixture, commands, "seq 1000000")
    let result = try await fixture.run("cmd")
    #expect(result.error == nil)
    #expect(result.text.hasPrefix("1\n2\n3\n"))
    #expect(result.text.hasSuffix("999999\n1000000\n"))
    #expect(result.text.utf8.count <= ToolText.maximumBytes)
    #expect(fixture.bus.executionHistory().first?.outputBytes == 6_888_896)
  }
}
