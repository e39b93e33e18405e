import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusRegistryTests {
  private func definition(_ id: String, name: String? = nil, parameters: JSONValue = ["type": "object"])
    -> ToolDefinition
  {
    ToolDefinition(
      id: ToolID(id), name: name, description: "", category: id.hasPrefix("r") ? "research" : "content",
      parameters: parameters)
  }

  private let executor = ClosureExecutor { _ in ToolOutput(text: "") }

  @Test(arguments: [
    ("a", "a", "a", "b"), ("a", "x", "b", "x"), ("Tool", "x", "tool", "y"), ("a", "X", "b", "x"), ("a", "x", "X", "y"),
    ("a", "b", "b", "c"),
  ])
  func refusesTwins(_ id: String, _ name: String, _ otherID: String, _ otherName: String) async throws {
    let fixture = try await BusFixture()
    try await fixture.bus.register(definition(id, name: name), executor: executor)
    await #expect(throws: SandboxError.self) {
      try await fixture.bus.register(definition(otherID, name: otherName), executor: executor)
    }
    #expect(await fixture.bus.listTools().map(\.id.rawValue) == [id])
  }

  @Test func refusesSchemaThatCannotBeChecked() async throws {
    let fixture = try await BusFixture()
    for (schema, code) in [
      (["properties": ["a": ["pattern": "(x)\\1"]]] as JSONValue, SandboxError.Code.unsupported),
      (["$ref": "https://nowhere.invalid/schema"], .invalidArgument),
      (["type": "thing"], .invalidArgument),
    ] {
      do throws(SandboxError) {
        try await fixture.bus.register(definition("a", parameters: schema), executor: executor)
        Issue.record("registered \(schema)")
      } catch {
        #expect(error.code == code)
        #expect(error.message.contains("tool a"))
      }
    }
    #expect(await fixture.bus.listTools().isEmpty)
  }

  @Test func findsTools() async throws {
    let fixture = try await BusFixture()
    for (id, name) in [("r2", "Search"), ("c1", "Write"), ("r1", "Read")] {
      try await fixture.bus.register(definition(id, name: name), executor: executor)
    }
    #expect(await fixture.bus.definition("r2")?.name == "Search")
    #expect(await fixture.bus.definition("Search")?.id == "r2".asID())
    #expect(await fixture.bus.definition("search") == nil)
    #expect(await fixture.bus.listTools().map(\.id.rawValue) == ["r2", "c1", "r1"])
    #expect(await fixture.bus.definitions(inCategories: ["research"]).map(\.id.rawValue) == ["r2", "r1"])
    #expect(await fixture.bus.definitions(inCategories: []).isEmpty)
  }

  @Test func nothingIsWrittenAfterShutdown() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("a")
    await fixture.bus.shutdown()
    let result = try await fixture.run("a")
    #expect(result.error?.code == .invalidState)
    #expect(await fixture.bus.listTools().isEmpty)
    #expect(await fixture.types().isEmpty)
    await #expect(throws: SandboxError.self) {
      try await fixture.bus.register(definition("b"), executor: executor)
    }
  }
}
