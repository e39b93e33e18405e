import SandboxCore
import Testing

@testable import SandboxTools

/// Tools that could be taken for one another, and tools that stand in for one another.
@Suite struct ManifestClashTests {
  private func tool(_ id: String, name: String? = nil, fallback: [JSONValue] = []) -> JSONValue {
    Manifests.manifest([
      "id": .string(id), "name": .string(name ?? id), "builtin": "echo", "fallback": .array(fallback),
    ])
  }

  @Test(arguments: [
    ("tool", "tool"), ("tool", "TOOL"), ("tool", "t00l"), ("tool", "tOOl"), ("all_1", "aII_l"), ("a-b", "a_b"),
    ("form", "forrn"), ("view", "vievv"), ("O0", "0O"), ("burn-down", "bum_down"),
  ])
  func theSecondOfTwoIsLeftOut(_ first: String, _ second: String) throws {
    for (other, pointer) in [(tool(second), "/1/id"), (tool("another", name: second), "/1/name")] {
      let catalog = try Manifests.load([tool(first), other])
      #expect(catalog.manifests.map(\.id.rawValue) == [first])
      #expect(catalog.problems.map(\.pointer) == [pointer])
      #expect(catalog.problems[0].reason.contains("taken by \"\(first)\""))
    }
  }

  @Test(arguments: [("mail", "mall"), ("tail", "tall"), ("cat", "cut"), ("a_b", "ab"), ("nm", "mn")])
  func whatIsDifferentIsNot(_ first: String, _ second: String) throws {
    #expect(try Manifests.load([tool(first), tool(second)]).manifests.count == 2)
  }

  @Test func namesOfServersTools() throws {
    let server = Manifests.mcp(
      ["command": ["/bin/true"]], ["tools": [["name": "a", "id": "mine"], ["name": "b", "id": "Other"]]])
    let catalog = try Manifests.load([tool("other"), server])
    #expect(catalog.manifests.map(\.id.rawValue) == ["other"])
    #expect(catalog.problems.map(\.pointer) == ["/1/tools/1/id"])
    #expect(try Manifests.load([server, tool("MINE")]).problems.map(\.pointer) == ["/1/id"])
  }

  @Test(arguments: [
    ("Echo", "the name of a builtin tool"), ("ech0", "the name of a builtin tool"),
    ("create_pIan", "a tool of the runtime itself"), ("execute-tool", "a tool of the runtime itself"),
    ("query_blackboard", "a tool of the runtime itself"),
  ])
  func namesOfTheRuntime(_ name: String, _ reason: String) throws {
    let tool = Manifests.manifest(Manifests.command(["/bin/true"], ["id": .string(name), "name": .string(name)]))
    let catalog = try Manifests.load(tool)
    #expect(catalog.manifests.isEmpty)
    #expect(catalog.problems.map(\.pointer) == ["/id"])
    #expect(catalog.problems[0].reason.contains(reason))
  }

  @Test(arguments: [
    ("echo", "echo", "the name of a builtin tool"), ("ECH0", "echo", "the name of a builtin tool"),
    ("execute_tool", "execute_tool", "a tool of the runtime itself"),
    ("Query-Blackboard", "query_blackboard", "a tool of the runtime itself"),
  ])
  func namesOfTheRuntimeForServersTools(_ id: String, _ taken: String, _ reason: String) throws {
    let server = Manifests.mcp(
      ["command": ["/bin/true"]], ["tools": ["fine", ["name": "a", "id": .string(id)]]])
    let catalog = try Manifests.load(server)
    #expect(catalog.manifests.isEmpty)
    #expect(catalog.problems.map(\.pointer) == ["/tools/1/id"])
    #expect(catalog.problems[0].reason.contains(reason))
    #expect(id == taken || catalog.problems[0].reason.contains("too like \"\(taken)\""))
  }

  @Test func aCommandIsNoBuiltin() throws {
    let catalog = try Manifests.load(
      Manifests.manifest(Manifests.command(["/bin/true"], ["id": "mine", "name": "echo"])))
    #expect(catalog.problems.map(\.pointer) == ["/name"])
  }

  // MARK: - Fallbacks

  @Test func aFallbackThatIsNotThereIsNoted() throws {
    let catalog = try Manifests.load([
      tool("a", fallback: ["b", "B Name", "none", "query_blackboard"]), tool("b", name: "B Name"),
    ])
    #expect(catalog.manifests.count == 2)
    #expect(catalog.problems.map(\.pointer) == ["/0/fallback/2"])
    #expect(catalog.problems.allSatisfy { $0.isWarning })
    // A server may have it.
    let server = Manifests.mcp(["command": ["/bin/true"]])
    #expect(try Manifests.load([tool("a", fallback: ["none"]), server]).problems.isEmpty)
  }

  @Test func fallbacksDoNotLeadInACircle() throws {
    let own = try Manifests.load([tool("a", fallback: ["a"])])
    #expect(own.manifests.isEmpty)
    #expect(own.problems.map(\.pointer) == ["/0/fallback/0"])
    let circle = try Manifests.load([
      tool("a", fallback: ["b"]), tool("b", fallback: ["d", "c"]), tool("d"), tool("c", name: "C", fallback: ["a"]),
      tool("e", fallback: ["C"]),
    ])
    #expect(circle.manifests.map(\.id.rawValue) == ["a", "b", "d", "e"])
    #expect(circle.problems.map(\.pointer) == ["/3/fallback/0", "/1/fallback/1", "/4/fallback/0"])
    #expect(circle.problems.map(\.isWarning) == [false, true, true])
    #expect(circle.problems[0].reason.contains("leads back to \"c\""))
  }

  @Test func manyFallbacksAreQuick() throws {
    let tools = (0..<400).map { index in
      tool("t\(index)x", fallback: (0..<16).map { .string("t\(index + 1 + $0)x") })
    }
    #expect(try Manifests.load(.array(tools)).manifests.count == 400)
  }
}
