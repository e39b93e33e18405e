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
    #expect(catalog.problems.map(\.pointer) == ["/fallback/0"])
    #expect(catalog.problems.allSatisfy { $0.isWarning })
    let manifest = try #require(catalog.manifests.first)
    #expect(manifest.id == "word_count".asID())
    #expect(manifest.version == "1.2.0")
    #expect(manifest.category == "analytics")
    #expect(manifest.rateLimit == .init(requestsPerMinute: 60, burst: 10))
    #expect(manifest.costPerRequest == Money(microdollars: 2500))
    #expect(manifest.effect == .pure)
    #expect(manifest.approval == .onDestructive)
    #expect(manifest.fallback == ["other_tool"])
    #expect(manifest.examples.count == 1)
    #expect(manifest.returns == ["type": "object"])
    #expect(manifest.file == file)
    #expect(manifest.pointer == .root)
    let pinned = try #require(PinnedFile("/usr/bin/wc"))
    #expect(
      manifest.kind
        == .command(
          CommandSpec(
            executable: "/usr/bin/wc", arguments: [.literal("-w"), .parameter("path", mayBeginWithDash: false)],
            input: .json, output: .text, timeout: .seconds(10),
            pinned: [pinned], grants: ToolGrants(writes: ["out"]))))
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
      (["rateLimit": ["requestsPerMinute": 30]], "/rateLimit", "belongs at /metadata/rateLimit"),
      (["costEstimate": ["perRequest": 0.5]], "/costEstimate", "belongs at /metadata/costEstimate"),
      (
        ["metadata": ["category": "content", "rateLimit": 30]], "/metadata/rateLimit",
        "is read as {\"requestsPerMinute\": 30, \"burst\": 5}"
      ),
      (
        ["metadata": ["category": "content", "costEstimate": 0.5]], "/metadata/costEstimate",
        "is read as {\"perRequest\": 0.5, \"currency\": \"USD\"}"
      ),
      (["mcp": ["url": "https://x"]], "/mcp", "is only for mcp tools"),
      (["command": ["argv": ["/bin/true"]]], "/command", "is only for command tools"),
      (["credentials": ["type": "none"]], "/credentials", "only for api and mcp tools"),
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
      (
        [
          "schema": [
            "description": "x", "parameters": ["type": "object"], "returns": ["type": "string"],
            "examples": [["input": [:], "output": 5]],
          ]
        ],
        "/schema/examples/0/output", "does not fit /schema/returns"
      ),
      (["schema": ["description": "x", "examples": ["x"]]], "/schema/examples/0", "must be {input, output}"),
      (["metadata": ["category": "content", "hedge": ["afterMs": 5]]], "/metadata/hedge", "has no effect"),
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

  @Test func breakerHedgeAndRateReachTheBus() throws {
    let catalog = try Manifests.load(
      Manifests.manifest([
        "effect": "pure", "approval": "always", "fallback": ["list_available_tools"],
        "metadata": [
          "category": "content", "circuitBreaker": ["failures": 3, "coolDownMs": 1500], "hedge": ["afterMs": 250],
          "rateLimit": ["requestsPerMinute": 60, "burst": 2, "onExceeded": "refuse"],
        ],
      ]))
    #expect(catalog.problems.isEmpty)
    let definition = try #require(catalog.manifests.first).definition()
    #expect(definition.breaker == .init(failures: 3, coolDown: .milliseconds(1500)))
    #expect(definition.hedge == .milliseconds(250))
    #expect(definition.rateLimit == .init(requestsPerMinute: 60, burst: 2, onExceeded: .refuse))
    #expect(definition.approval == .always)
    #expect(definition.fallback == ["list_available_tools"])
  }

  // MARK: - Hostile schemas

  /// Each is loaded or refused, and neither takes long.
  @Test func hostileSchemas() throws {
    func tool(_ id: String, _ parameters: JSONObject, examples: JSONValue = []) -> JSONValue {
      Manifests.manifest([
        "id": .string(id), "name": .string(id), "builtin": "echo",
        "schema": ["description": "x", "parameters": .object(parameters), "examples": examples],
      ])
    }
    let properties = JSONObject((0..<10_000).map { ("p\($0)", ["type": "string"]) })
    let deep = (0..<25).reduce(["type": "string"] as JSONValue) { inner, _ in ["properties": ["a": inner]] }
    let attack = JSONValue.string(String(repeating: "a", count: 60) + "!")
    let catalog = try Manifests.load([
      tool("wide", ["properties": .object(properties)]),
      tool("tree", ["properties": ["next": ["$ref": "#"]]]),
      tool("loop", ["properties": ["a": ["$ref": "#/properties/b"], "b": ["$ref": "#/properties/a"]]]),
      tool("deep", ["properties": ["a": deep]]),
      tool(
        "regex", ["properties": ["t": ["type": "string", "pattern": "^(a+)+$"]]], examples: [["input": ["t": attack]]]),
    ])
    let names = Set(catalog.manifests.map(\.id.rawValue))
    #expect(names.isSuperset(of: ["wide", "tree"]))
    #expect(
      catalog.problems.contains { $0.pointer == "/4/schema/examples/0/input/t" && $0.isWarning }
        == names.contains("regex"))
  }

  @Test func numbersAreExact() throws {
    // 2^53 + 1 is no double.
    let catalog = try Manifests.load(
      Manifests.manifest(["metadata": ["category": "content", "rateLimit": .int(9_007_199_254_740_993)]]))
    #expect(catalog.problems.map(\.reason) == ["must be an integer from 1 to 1000000, not 9007199254740993"])
  }

  @Test func problemsAreBounded() throws {
    let fields = JSONObject((0..<5000).map { ("f\($0)", 1) } + [("effect", "none")])
    let catalog = try Manifests.load(Manifests.manifest(fields))
    #expect(catalog.manifests.isEmpty)
    #expect(catalog.problems.count == 101)
    #expect(catalog.problems.last?.reason == "has more problems than are listed here")
    #expect(catalog.problems.filter { !$0.isWarning }.map(\.pointer) == ["/effect"])
  }
}
