import SandboxCore
import Testing

@testable import SandboxTools

/// Good manifests with one value after the other replaced by something else.
@Suite struct ManifestMutationTests {
  private static let manifests: [JSONValue] = [
    Manifests.manifest([
      "effect": "pure", "approval": "never", "fallback": ["x"], "writes": ["out"], "isEnabled": true,
      "schema": [
        "description": "x", "parameters": ["type": "object", "properties": ["a": ["type": "string"]]],
        "returns": ["type": "object"], "examples": [["input": ["a": "b"], "output": [:]]],
      ],
      "metadata": [
        "category": "content", "rateLimit": ["requestsPerMinute": 5, "burst": 1, "onExceeded": "wait"],
        "costEstimate": ["perRequest": 0.5, "currency": "USD"], "circuitBreaker": ["failures": 1, "coolDownMs": 5],
        "hedge": ["afterMs": 5],
      ],
    ]),
    Manifests.api(
      [
        "method": "POST", "headers": ["X-A": "{limit}"], "body": ["a": ["{query}"]],
        "response": ["format": "json", "pointer": "/a", "maxBytes": 5],
        "pagination": ["type": "cursor", "parameter": "c", "pointer": "/n", "maxPages": 5, "maxItems": 5],
        "timeoutMs": 5,
      ], ["credentials": ["type": "api-key", "secret": "GOOD", "field": "X-K", "in": "header"]]),
    Manifests.api(
      [:],
      ["api": nil, "metadata": ["category": "research", "endpoint": "https://api.example.com/", "apiKey": "GOOD"]]),
    Manifests.mcp(
      [
        "command": ["/bin/true", "x"], "env": ["A": "b"], "secrets": ["T": "GOOD"], "era": "auto", "timeoutMs": 5,
        "startupTimeoutMs": 5, "trustAnnotations": true, "onChange": "accept",
      ], ["tools": ["*", ["name": "a", "id": "b", "category": "content", "effect": "pure", "approval": "never"]]]),
    Manifests.mcp(
      ["url": "https://api.example.com/", "headers": ["X-A": "b"], "tool": "x"],
      ["credentials": ["type": "bearer", "secret": "GOOD"]]),
    Manifests.mcp(
      [:], ["mcp": nil, "metadata": ["category": "research", "mcpPath": "/bin/true", "resourceName": "x"]]),
    Manifests.manifest([
      "id": "cmd", "name": "cmd", "type": "command",
      "command": [
        "argv": ["/bin/sh", "-e", "/etc/hosts"], "stdin": "json", "output": "json", "timeoutMs": 5, "env": ["A": "b"],
        "secrets": ["B": "GOOD"],
      ],
    ]),
  ]

  private static let replacements: [JSONValue] = [
    nil, true, -1, 1e300, .decimal("1e400"), "", "x", "{x}", "{query}", "-", "\0", "../..", "https://[::", "*",
    .string(String(repeating: "ä", count: 5000)), [], [[]], [nil], ["{"], [:], ["": ""], ["x": nil], ["type": "object"],
  ]

  /// Either the tool loads or an error says why it does not; never both, and nothing crashes.
  @Test(arguments: manifests.indices) func loadsOrSaysWhy(_ index: Int) {
    let manifest = Self.manifests[index]
    let whole = load(manifest)
    #expect(whole.manifests.count == 1, "\(whole.problems)")
    var count = 0
    for place in Self.places(in: manifest) {
      for replacement in Self.replacements {
        let catalog = load(Self.replacing(place[...], in: manifest, by: replacement))
        let isBroken = catalog.problems.contains { !$0.isWarning }
        let isDisabled = place == ["isEnabled"] && replacement.isNull
        if catalog.manifests.isEmpty != isBroken && !isDisabled {
          Issue.record("\(place) \(replacement.briefText): \(catalog.problems)")
        }
        count += 1
      }
    }
    #expect(count > 100)
  }

  private func load(_ manifest: JSONValue) -> ManifestCatalog {
    ManifestLoader.load(
      paths: [], inline: [manifest], builtins: Manifests.builtins, secrets: BrokenToolManifests.secrets)
  }

  private static func places(in value: JSONValue) -> [[String]] {
    let members: [(String, JSONValue)] =
      value.objectValue.map { $0.map { ($0, $1) } }
      ?? value.arrayValue?.enumerated().map { (String($0), $1) } ?? []
    return members.flatMap { key, value in [[key]] + places(in: value).map { [key] + $0 } }
  }

  private static func replacing(_ place: ArraySlice<String>, in value: JSONValue, by other: JSONValue) -> JSONValue {
    guard let key = place.first else { return other }
    if var object = value.objectValue {
      object[key] = replacing(place.dropFirst(), in: object[key] ?? .null, by: other)
      return .object(object)
    }
    guard var array = value.arrayValue, let index = Int(key) else { return value }
    array[index] = replacing(place.dropFirst(), in: array[index], by: other)
    return .array(array)
  }
}
