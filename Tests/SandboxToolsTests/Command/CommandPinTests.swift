import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

/// Programs that change under a session, and the secrets that programs get.
@Suite struct CommandPinTests {
  private func load(
    _ argv: JSONValue, _ command: JSONObject = [:], secrets: SecretStore = .empty
  ) throws -> (ToolDefinition, CommandSpec) {
    var all: JSONObject = ["argv": argv]
    for (key, value) in command { all[key] = value }
    let catalog = try Manifests.load(
      Manifests.manifest(["id": "cmd", "name": "cmd", "type": "command", "command": .object(all)]), secrets: secrets)
    let manifest = try #require(catalog.manifests.first, "\(catalog.problems)")
    guard case .command(let spec) = manifest.kind else { throw SandboxError(.internalError, "no command") }
    return (manifest.definition(), spec)
  }

  @Test(arguments: [false, true]) func aChangedProgramIsNotRun(_ isScript: Bool) async throws {
    let commands = try CommandFixture()
    let fixture = try await BusFixture()
    let script = try commands.script("echo first")
    let (definition, spec) = try load(isScript ? ["/bin/sh", .string(script)] : [.string(script)])
    try await fixture.bus.register(definition, executor: commands.executor(spec))
    #expect(try await fixture.run("cmd", id: "1").text == "first\n")
    _ = try commands.script("echo other")
    let refused = try await fixture.run("cmd", id: "2")
    #expect(refused.error?.code == .denied)
    #expect(refused.error?.message.contains("\(script) was changed since the session began") == true)
    unlink(script)
    #expect(try await fixture.run("cmd", id: "3").error?.code == .notFound)
    #expect(commands.leftovers == 0)
    // Nothing ran, so nothing has changed: even an unsafe tool may be tried again elsewhere.
    await #expect {
      try await commands.run(spec)
    } throws: {
      ($0 as? SandboxError)?.isBeforeEffect == true
    }
  }

  @Test func theManifestFileMayChange() async throws {
    let commands = try CommandFixture()
    let folder = try TemporaryFolder()
    func text(_ word: String) -> String { Manifests.manifest(Manifests.command(["/bin/echo", .string(word)])).text() }
    let file = try folder.write("m.json", text("first"))
    let catalog = ManifestLoader.load(paths: [file], builtins: [])
    try folder.write("m.json", text("second"))
    guard case .command(let spec) = try #require(catalog.manifests.first).kind else { return }
    #expect(try await commands.run(spec).text == "first\n")
  }

  @Test func variablesAndSecrets() async throws {
    let commands = try CommandFixture()
    let store = SecretStore([ToolSecret(name: "GITHUB", value: "ghs-secret", bindings: [.tool("cmd")])])
    let (_, spec) = try load(
      ["/usr/bin/env"], ["env": ["MODE": "fast", "TZ": "Europe/Berlin", "EMPTY": ""], "secrets": ["TOKEN": "GITHUB"]],
      secrets: store)
    let output = try await commands.run(spec, secrets: store)
    let lines = output.text.split(separator: "\n").map(String.init).filter { !$0.contains("/call-") }
    #expect(
      lines == [
        "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "USER=agent", "LOGNAME=agent", "AGENT_SANDBOXED=1",
        "AGENT_CALL_ID=root/1.0", "AGENT_NETWORK=none", "EMPTY=", "MODE=fast", "TOKEN=ghs-secret", "TZ=Europe/Berlin",
      ])
    #expect(output.announcements.first?.data["command"] == "/usr/bin/env")
  }

  @Test func aSecretThatIsNotGranted() async throws {
    let commands = try CommandFixture()
    let spec = CommandSpec(executable: "/usr/bin/env", secrets: ["TOKEN": "GITHUB"])
    for store in [
      .empty, SecretStore([ToolSecret(name: "GITHUB", value: "ghs-secret", bindings: [.tool("other")])]),
      SecretStore([ToolSecret(name: "GITHUB", value: "ghs-secret", bindings: [.host("cmd", port: nil)])]),
    ] {
      await #expect {
        try await commands.run(spec, secrets: store)
      } throws: {
        let error = $0 as? SandboxError
        return error?.code == .denied && error?.message.contains("ghs-secret") == false
          && error?.message.contains("TOOL_SECRET_GITHUB_HOSTS") == true
      }
    }
    #expect(commands.leftovers == 0)
  }
}
