import SandboxCore
import SandboxIO
import SandboxSchema
import Testing

@testable import SandboxTools

/// The schema by which editors complete manifests.
@Suite struct ManifestSchemaTests {
  private static let folder =
    #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/manifests"

  private static func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: try BoundedFile.read(path, limit: 1 << 20))
  }

  private static func schema() throws -> JSONSchema {
    try JSONSchema(compiling: try json("\(folder)/manifest.schema.json"))
  }

  @Test func whatShipsFitsAndNamesIt() throws {
    let schema = try Self.schema()
    var count = 0
    for category in try FolderListing(of: Self.folder).entries where category.kind == .folder {
      for file in try FolderListing(of: "\(Self.folder)/\(category.name)").entries {
        let manifest = try Self.json("\(Self.folder)/\(category.name)/\(file.name)")
        #expect(schema.validate(manifest).map(\.description) == [], "\(file.name)")
        #expect(manifest["$schema"] == "../manifest.schema.json", "\(file.name)")
        count += 1
      }
    }
    #expect(count >= 11)
  }

  private static let good: [JSONValue] = [
    Manifests.manifest(), [Manifests.manifest(), Manifests.api()], Manifests.api(),
    Manifests.api(["body": ["a": "{query}"], "method": "POST", "pagination": ["type": "link"]]),
    Manifests.api([:], ["credentials": ["type": "api-key", "secret": "A_B", "in": "query", "field": "k"]]),
    Manifests.mcp(["command": ["/bin/true"], "env": ["A": "b"], "secrets": ["T": "S"]]),
    Manifests.mcp(["url": "https://x.example/mcp"], ["tools": ["*", ["name": "a", "effect": "pure"]]]),
    Manifests.manifest(Manifests.command(["/bin/true"])),
  ]

  @Test(arguments: good) func accepts(_ manifest: JSONValue) throws {
    #expect(try Self.schema().validate(manifest).map(\.description) == [])
    // Both readers agree.
    #expect(try Manifests.load(manifest).problems.filter { !$0.isWarning && !$0.reason.contains("API key") } == [])
  }

  private static func with(_ changes: JSONObject) -> JSONValue { Manifests.manifest(changes) }

  private static let broken: [JSONValue] = [
    5, "x", [5], [:], with(["type": nil]), with(["type": "soap"]), with(["id": nil, "name": nil]), with(["id": "a b"]),
    with(["id": ""]), with(["name": "е"]), with(["version": 1]), with(["colour": "red"]), with(["isEnabled": "yes"]),
    with(["effect": "harmless"]), with(["approval": "sometimes"]), with(["fallback": "x"]), with(["metadata": nil]),
    with(["metadata": ["category": "magic"]]), with(["metadata": ["category": "content", "rateLimit": 5]]),
    with(["metadata": ["category": "content", "rateLimit": ["requestsPerMinute": 0]]]),
    with(["metadata": ["category": "content", "costEstimate": ["perRequest": -1]]]),
    with(["metadata": ["category": "content", "costEstimate": ["perRequest": 1, "currency": "EUR"]]]),
    with(["metadata": ["category": "content", "hedge": [:]]]), with(["schema": ["parameters": ["type": "array"]]]),
    with(["command": ["argv": ["/bin/true"]]]), with(["type": "command"]), with(["type": "api"]), with(["type": "mcp"]),
    with(["credentials": ["type": "none"]]), Manifests.api(["method": "get"]), Manifests.api(["url": "ftp://x"]),
    Manifests.api(["url": nil]), Manifests.api(["body": "xml"]), Manifests.api(["verb": "GET"]),
    Manifests.api(["query": ["a": ["b"]]]), Manifests.api(["response": ["pointer": "x"]]),
    Manifests.api(["pagination": ["type": "scroll"]]), Manifests.api(["timeoutMs": 0]),
    Manifests.api([:], ["credentials": ["type": "oauth"]]), Manifests.api([:], ["metadata": ["rateLimit": nil]]),
    Manifests.api([:], ["credentials": ["type": "bearer", "secret": "a b"]]), Manifests.mcp([:]),
    Manifests.mcp(["command": ["/bin/true"], "url": "https://x"]), Manifests.mcp(["command": []]),
    Manifests.mcp(["command": ["/bin/true"], "era": "old"]), Manifests.mcp(["command": ["/bin/true"]], ["tools": []]),
    Manifests.mcp(["command": ["/bin/true"]], ["tools": [["id": "x"]]]),
    Manifests.mcp(["command": ["/bin/true"]], ["tools": [["name": "a", "pin": "md5:00"]]]),
    with(Manifests.command([])), with(Manifests.command("wc")),
    with(Manifests.command(["/bin/true"], ["builtin": "echo"])),
  ]

  @Test(arguments: broken) func refuses(_ manifest: JSONValue) throws {
    #expect(try !Self.schema().validate(manifest).isEmpty)
  }
}
