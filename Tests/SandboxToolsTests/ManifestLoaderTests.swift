import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct ManifestLoaderTests {
  /// The example of the contract.
  private static let example = """
    {
      "id": "word_count", "name": "word_count", "version": "1.2.0", "type": "command",
      "schema": { "description": "Count words in a text file of the workspace",
                  "parameters": { "type": "object", "properties": { "path": { "type": "string" } }, "required": ["path"], "additionalProperties": false },
                  "returns": { "type": "object" }, "examples": [ { "input": { "path": "a.txt" }, "output": { "words": 2 } } ] },
      "metadata": { "category": "analytics", "rateLimit": { "requestsPerMinute": 60, "burst": 10 }, "costEstimate": { "perRequest": 0.0025, "currency": "USD" } },
      "command": { "argv": ["/usr/bin/wc", "-w", "{path}"], "stdin": "json", "output": "text", "timeoutMs": 10000 },
      "effect": "pure", "approval": "on-destructive", "fallback": ["other_tool"], "writes": ["out"], "isEnabled": true
    }
    """

  @Test func everyFieldOfTheContract() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("word_count.json", Self.example)
    let catalog = ManifestLoader.load(paths: [file], builtins: [])
    #expect(catalog.problems.isEmpty)
    let manifest = try #require(catalog.manifests.first)
    #expect(manifest.id == "word_count".asID())
    #expect(manifest.version == "1.2.0")
    #expect(manifest.category == "analytics")
    #expect(manifest.rateLimit == .init(requestsPerMinute: 60, burst: 10))
    #expect(manifest.costPerRequest == Money(microdollars: 2500))
    #expect(manifest.effect == .pure)
    #expect(manifest.approval == .onDestructive)
    #expect(manifest.fallback == ["other_tool"])
    #expect(manifest.writes == ["out"])
    #expect(manifest.examples.count == 1)
    #expect(manifest.returns == ["type": "object"])
    #expect(manifest.file == file)
    #expect(manifest.pointer == .root)
    #expect(
      manifest.kind
        == .command(
          CommandSpec(
            executable: "/usr/bin/wc", arguments: [.literal("-w"), .parameter("path", mayBeginWithDash: false)],
            input: .json, output: .text, timeout: .seconds(10))))
    let definition = manifest.definition(traits: .callsAPI)
    #expect(definition.timeout == .seconds(10))
    #expect(definition.traits == .callsAPI)
    #expect(definition.source == file)
    #expect(definition.parameters["required"] == ["path"])
  }

  @Test func defaults() throws {
    let catalog = try Manifests.load(["id": "echo", "type": "builtin", "description": "x", "category": "content"])
    let manifest = try #require(catalog.manifests.first)
    #expect(manifest.name == "echo")
    #expect(manifest.version == "1.0.0")
    #expect(manifest.effect == .unsafe)
    #expect(manifest.approval == .never)
    #expect(manifest.costPerRequest == .zero)
    #expect(manifest.rateLimit == nil)
    #expect(manifest.parameters["type"] == "object")
    #expect(manifest.kind == .builtin(handler: "echo"))
    #expect(catalog.problems.allSatisfy { $0.isWarning })
  }

  @Test func aBuiltinsHandlerIsNamedOrItsNameOrItsID() throws {
    for changes: JSONObject in [
      ["id": "a", "name": "b", "builtin": "echo"], ["id": "a", "name": "echo"], ["id": "echo", "name": "b"],
    ] {
      let catalog = try Manifests.load(Manifests.manifest(changes))
      #expect(catalog.manifests.first?.kind == .builtin(handler: "echo"))
    }
    let open = try Manifests.load(
      Manifests.manifest(["id": "list_available_tools", "name": "list_available_tools"]))
    #expect(open.manifests.count == 1)
  }

  @Test func disabledIsLeftOutWithoutAWord() throws {
    let catalog = try Manifests.load(Manifests.manifest(["isEnabled": false, "type": "nonsense"]))
    #expect(catalog.manifests.isEmpty)
    #expect(catalog.problems.isEmpty)
  }

  @Test func onlyBadOnesOfAListAreLeftOut() throws {
    let catalog = try Manifests.load([
      Manifests.manifest(), Manifests.manifest(["id": "b", "type": "x"]), 5,
      Manifests.manifest(["id": "c", "name": "c", "builtin": "echo"]),
    ])
    #expect(catalog.manifests.map(\.id.rawValue) == ["echo", "c"])
    #expect(catalog.manifests.map(\.pointer.description) == ["/0", "/3"])
    #expect(catalog.problems.map(\.pointer) == ["/1/type", "/2"])
  }

  // MARK: - Older shapes

  @Test(
    arguments: [
      (["metadata": nil, "category": "research"], "/category", "belongs at /metadata/category"),
      (["metadata": ["category": "analysis"]], "/metadata/category", "now called \"analytics\""),
      (["metadata": ["category": "utility"]], "/metadata/category", "now called \"execution\""),
      (["rateLimit": 30], "/rateLimit", "belongs at /metadata/rateLimit"),
      (["costEstimate": 0.5], "/costEstimate", "belongs at /metadata/costEstimate"),
      (["description": "x", "schema": ["parameters": ["type": "object"]]], "/description", "belongs at"),
      (["schema": ["type": "object", "description": "x"]], "/schema", "belongs at /schema/parameters"),
      (["schema": ["description": "x"], "parameters": ["type": "object"]], "/parameters", "belongs at"),
      (["handler": "/opt/x.js"], "/handler", "is not used"),
      (["metadata": ["category": "content", "endpoint": "https://x"]], "/metadata/endpoint", "only for api and mcp"),
      (["colour": "red"], "/colour", "is not a field"), (["schema": nil], "/schema/description", "is missing"),
      (
        [
          "schema": [
            "description": "x", "parameters": ["type": "object", "required": ["a"]], "examples": [["input": [:]]],
          ]
        ],
        "/schema/examples/0/input/a", "does not fit the parameters"
      ),
    ] as [(JSONObject, String, String)])
  func loadsWithANote(_ changes: JSONObject, _ pointer: String, _ reason: String) throws {
    let catalog = try Manifests.load(Manifests.manifest(changes))
    #expect(catalog.manifests.count == 1)
    let problem = try #require(catalog.problems.first)
    #expect(catalog.problems.count == 1)
    #expect(problem.isWarning)
    #expect(problem.pointer == pointer)
    #expect(problem.reason.contains(reason))
  }

  @Test func olderValuesAreUpgraded() throws {
    let catalog = try Manifests.load(
      Manifests.manifest([
        "metadata": ["category": "analysis", "rateLimit": 30, "costEstimate": 0.0000001], "isPublic": true,
        "createdAt": 1, "updatedAt": 2, "schema": ["type": "object", "properties": ["a": ["type": "string"]]],
      ]))
    let manifest = try #require(catalog.manifests.first)
    #expect(manifest.category == "analytics")
    #expect(manifest.rateLimit == .init(requestsPerMinute: 30, burst: 5))
    // A fraction of a micro-dollar counts as a whole one.
    #expect(manifest.costPerRequest == Money(microdollars: 1))
    #expect(manifest.parameters["properties"]?["a"] != nil)
  }

  @Test(arguments: [
    (0.07, 70_000), (0.1, 100_000), (1.1, 1_100_000), (0, 0), (0.0000015, 2), (123_456.789, 123_456_789_000),
  ])
  func costIsExact(_ dollars: Double, _ microdollars: Int64) throws {
    let catalog = try Manifests.load(
      Manifests.manifest(["metadata": ["category": "content", "costEstimate": .double(dollars)]]))
    #expect(catalog.manifests.first?.costPerRequest == Money(microdollars: microdollars))
  }

  // MARK: - Twins

  @Test(
    arguments: [
      (["id": "echo"], "/1/id"), (["id": "ECHO"], "/1/id"), (["id": "other", "name": "echo"], "/1/name"),
      (["id": "other", "name": "Echo"], "/1/name"),
    ] as [(JSONObject, String)])
  func theSecondOfTwoIsLeftOut(_ changes: JSONObject, _ pointer: String) throws {
    let first = Manifests.manifest(["builtin": "echo"])
    var second: JSONObject = ["name": "another", "builtin": "echo"]
    for (key, value) in changes { second[key] = value }
    let catalog = try Manifests.load([first, Manifests.manifest(second)])
    #expect(catalog.manifests.count == 1)
    #expect(catalog.problems.map(\.pointer) == [pointer])
    #expect(catalog.problems[0].reason.contains("taken by \"echo\""))
  }
}
