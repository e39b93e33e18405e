import SandboxCore
import SandboxIO
import SandboxSchema
import Testing

@testable import SandboxTools

/// The manifests in docs/tools.md are as good as they say.
@Suite struct ManifestDocumentTests {
  private static let root = #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }

  private static func manifests() throws -> [JSONValue] {
    let text = String(decoding: try BoundedFile.read("\(root)/docs/tools.md", limit: 1 << 20), as: UTF8.self)
    return try text.split(separator: "```json\n").dropFirst()
      .map { try JSONValue(parsing: Array(($0.split(separator: "\n```").first ?? "").utf8)) }
      .filter { $0["type"] != nil }
  }

  @Test func theyFitTheSchema() throws {
    let file = try BoundedFile.read("\(Self.root)/manifests/manifest.schema.json", limit: 1 << 20)
    let schema = try JSONSchema(compiling: try JSONValue(parsing: file))
    for manifest in try Self.manifests() {
      #expect(schema.validate(manifest).map(\.description) == [], "\(manifest["id"]?.stringValue ?? "")")
    }
  }

  @Test func theyLoad() throws {
    let manifests = try Self.manifests()
    #expect(Set(manifests.compactMap { $0["type"]?.stringValue }) == ["api", "mcp", "command"])
    let secrets = SecretStore([
      ToolSecret(name: "EXAMPLE", value: "v", bindings: [.host("api.example.com", port: nil)]),
      ToolSecret(name: "GITHUB", value: "v", bindings: [.tool("github")]),
    ])
    let catalog = ManifestLoader.load(paths: [], inline: manifests, builtins: [], secrets: secrets)
    // The server's program is not on this machine.
    #expect(catalog.problems.map(\.reason) == ["/opt/mcp/bin/github-server is not there: No such file or directory"])
    #expect(catalog.manifests.count == manifests.count - 1)
  }
}
