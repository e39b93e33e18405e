import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct MCPManifestTests {
  private func load(_ manifest: JSONValue, _ warnings: [String] = []) throws -> (ToolManifest, MCPServerSpec) {
    let catalog = try Manifests.load(manifest, secrets: BrokenToolManifests.secrets)
    #expect(catalog.problems.map(\.pointer) == warnings, "\(catalog.problems)")
    #expect(catalog.problems.allSatisfy { $0.isWarning })
    let tool = try #require(catalog.manifests.first)
    guard case .mcp(let spec) = tool.kind else { throw SandboxError(.internalError, "no MCP server") }
    return (tool, spec)
  }

  @Test func aServerNeedsLittle() throws {
    let (tool, spec) = try load(Manifests.mcp(["command": ["/bin/true"]]))
    let pinned = try #require(PinnedFile("/bin/true"))
    #expect(
      spec
        == MCPServerSpec(
          endpoint: .command(argv: ["/bin/true"], environment: [:], secrets: [:]),
          pinned: [pinned]))
    #expect(spec.includesAll)
    #expect(tool.category == "integration")
    #expect(tool.description == "")
    #expect(tool.effect == .unsafe)
  }

  @Test func everyFieldOfAProgram() throws {
    let program = try #require(PinnedFile("/usr/bin/env"))
    let pin = "sha256:" + String(repeating: "0a", count: 32)
    let (_, spec) = try load(
      Manifests.mcp(
        [
          "command": ["/usr/bin/env", "-i", "x {y}"], "env": ["MODE": "fast"], "secrets": ["TOKEN": "GOOD"],
          "era": "legacy", "startupTimeoutMs": 5000, "timeoutMs": 700, "trustAnnotations": true, "onChange": "accept",
        ],
        [
          "metadata": ["category": "research"],
          "tools": [
            "*", "plain",
            [
              "name": "say.it", "id": "say_it", "category": "content", "effect": "pure", "approval": "always",
              "description": "Says it", "pin": .string(pin),
            ],
          ],
        ]))
    #expect(
      spec
        == MCPServerSpec(
          endpoint: .command(
            argv: ["/usr/bin/env", "-i", "x {y}"], environment: ["MODE": "fast"], secrets: ["TOKEN": "GOOD"]),
          era: .legacy,
          tools: [
            .init(remoteName: "plain"),
            .init(
              remoteName: "say.it", id: "say_it", category: "content", effect: .pure, approval: .always,
              description: "Says it", pin: pin),
          ], includesAll: true, trustsAnnotations: true, onChange: .accept, startupTimeout: .seconds(5),
          callTimeout: .milliseconds(700), pinned: [program]))
  }

  @Test func everyFieldOfAURL() throws {
    let (tool, spec) = try load(
      Manifests.mcp(
        ["url": "https://api.example.com/mcp?v=1", "headers": ["X-A": "b"]],
        ["credentials": ["type": "bearer", "secret": "GOOD"], "tools": ["one"]]))
    #expect(
      spec.endpoint
        == .url(
          "https://api.example.com/mcp?v=1", headers: [HTTPHeader("X-A", "b")],
          credential: Credential(.bearer, secret: "GOOD")))
    #expect(spec.tools == [.init(remoteName: "one")])
    #expect(!spec.includesAll)
    #expect(tool.definition().hosts == ["https://api.example.com/mcp?v=1"])
  }

  @Test func oneToolHasTheManifestsName() throws {
    let (tool, spec) = try load(
      Manifests.mcp(
        ["command": ["/bin/true"], "tool": "remote.name"],
        ["effect": "pure", "approval": "on-destructive", "metadata": ["category": "analytics", "description": "d"]]),
      ["/metadata/description"])
    #expect(
      spec.tools == [
        .init(
          remoteName: "remote.name", id: "server", category: "analytics", effect: .pure, approval: .onDestructive,
          description: "d")
      ])
    #expect(!spec.includesAll)
    #expect(tool.approval == .onDestructive)
  }

  @Test(
    arguments: [
      (["mcpPath": "/bin/true"], "server", ["/metadata/mcpPath"]),
      (["mcpPath": "/bin/true", "resourceName": "res"], "res", ["/metadata/mcpPath", "/metadata/resourceName"]),
      (["mcpPath": "/bin/true", "endpoint": "end"], "end", ["/metadata/mcpPath", "/metadata/endpoint"]),
    ] as [(JSONObject, String, [String])])
  func olderShape(_ metadata: JSONObject, _ remote: String, _ warnings: [String]) throws {
    var all: JSONObject = ["category": "research"]
    for (key, value) in metadata { all[key] = value }
    let (_, spec) = try load(Manifests.mcp([:], ["mcp": nil, "metadata": .object(all)]), warnings)
    #expect(spec.endpoint == .command(argv: ["/bin/true"], environment: [:], secrets: [:]))
    #expect(spec.tools.map(\.remoteName) == [remote])
    #expect(spec.tools.map(\.id) == ["server"])
    #expect(spec.pinned.map(\.path) == ["/bin/true"])
    #expect(!spec.includesAll)
  }

  @Test func anOlderPathMayBeAURL() throws {
    let (_, spec) = try load(
      Manifests.mcp(
        [:],
        [
          "mcp": nil, "mcpPath": "https://api.example.com/mcp", "tools": ["*"],
          "credentials": ["type": "bearer", "secret": "GOOD"],
        ]),
      ["/mcpPath"])
    #expect(
      spec.endpoint
        == .url("https://api.example.com/mcp", headers: [], credential: Credential(.bearer, secret: "GOOD")))
  }

  @Test func fieldsOfTheOtherKindAreNoted() throws {
    _ = try load(Manifests.mcp(["url": "https://x.example", "env": ["A": "b"]]), ["/mcp/env"])
    _ = try load(Manifests.mcp(["command": ["/bin/true"], "headers": [:]]), ["/mcp/headers"])
    _ = try load(
      Manifests.mcp(["command": ["/bin/true"]], ["credentials": ["type": "bearer", "secret": "GOOD"]]), ["/credentials"]
    )
    _ = try load(
      Manifests.mcp(["command": ["/bin/true"]], ["tools": [["name": "a", "effects": "x"]]]), ["/tools/0/effects"])
  }
}
