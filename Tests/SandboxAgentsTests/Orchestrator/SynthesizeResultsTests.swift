import SandboxCore
import SandboxTestKit
import SandboxTools
import Testing

@testable import SandboxAgents

@Suite struct SynthesizeResultsTests {
  /// A session with a task that succeeded, one that failed, and one under way.
  private func fixture(results: [String] = ["Sales grew by **4 %**."]) async throws -> Fixture {
    let fixture = try await Fixture()
    for (index, result) in results.enumerated() {
      let task = TaskID("root.1-\(index)")
      try await fixture.start(task, agent: AgentID("omega:analytics"), parent: .root)
      try await fixture.log.append(.taskFinished(TaskFinished(taskID: task, status: .completed, result: result)))
    }
    try await fixture.start(TaskID("root.2-0"), agent: AgentID("omega:research"), parent: .root)
    try await fixture.log.append(
      .taskFinished(
        TaskFinished(
          taskID: TaskID("root.2-0"), status: .failed, result: nil,
          error: ErrorRecord(code: .limitExceeded, message: "too\nmany steps"))))
    try await fixture.start(TaskID("root.3-0"), agent: AgentID("omega:content"), parent: .root)
    _ = try await ArtifactWriter(log: fixture.log, blobs: InMemoryBlobStore(), time: fixture.clock.source).create(
      name: "sales.svg", kind: .canvas, mediaType: "image/svg+xml", title: "Sales", bytes: [1],
      author: AgentID("omega:analytics"), madeBy: CallID("root.1-0/2.0"))
    return fixture
  }

  private func call(_ fixture: Fixture, _ arguments: JSONValue = [:]) async throws -> ToolOutput {
    let tool = SynthesizeResultsTool(log: fixture.log, time: fixture.clock.source)
    return try await tool.execute(
      ToolInvocation(
        callID: CallID("root/9.0"), taskID: .root, agentID: .meta, definition: SynthesizeResultsTool.definition,
        arguments: arguments, attempt: 1, timeout: .seconds(60)))
  }

  private static let document = """
    # Results: the request

    Instructions: For the board.

    ## root.1-0: Do it.

    By omega:analytics: completed.

    Sales grew by **4 %**.

    ## root.2-0: Do it.

    By omega:research: failed.

    ## root.3-0: Do it.

    By omega:content: running.

    ## Artifacts

    - artifacts/sales.svg: Sales (omega:analytics)

    ## Failed

    - root.2-0 of omega:research, failed: too many steps

    ## Not finished

    - root.3-0 of omega:content, running
    """

  @Test func gathersEverythingAndLeavesItOnTheBlackboard() async throws {
    let fixture = try await fixture()
    let output = try await call(fixture, ["instructions": "For the board."])
    #expect(output.text == Self.document)
    let key = BlackboardKey("session", "synthesis")
    let entry = try #require(fixture.log.read { $0.blackboardEntry(key) })
    #expect(entry.value == .string(Self.document) && entry.agentID == .meta && entry.version == 1)
    #expect(try await call(fixture, ["instructions": "For the board."]).text == Self.document)
    #expect(fixture.log.read { $0.blackboardEntry(key)?.version } == 1)
    #expect(await fixture.isConsistent())
  }

  @Test func choosesTasksAndEntries() async throws {
    let fixture = try await fixture()
    try await Blackboard(log: fixture.log).write("research:notes", "a/b", ["n": 1], by: AgentID("omega:research"))
    let output = try await call(
      fixture, ["taskIds": ["root.2-0"], "keys": ["research:notes/a/b"], "format": "json"])
    #expect(
      try JSONValue(parsing: output.text)
        == [
          "request": "the request",
          "tasks": [
            [
              "taskId": "root.2-0", "agentId": "omega:research", "status": "failed", "task": "Do it.",
              "error": "too\nmany steps",
            ]
          ],
          "entries": [["key": "research:notes/a/b", "agentId": "omega:research", "value": "{\"n\":1}"]],
          "artifacts": [], "failed": ["root.2-0"], "unfinished": [],
        ])
    let own = try await call(fixture, ["taskIds": ["root.1-0"], "format": "json"])
    #expect(try JSONValue(parsing: own.text)["artifacts"]?[0]?["url"] == "artifacts/sales.svg")
  }

  @Test func whatIsNotThereIsNamed() async throws {
    let fixture = try await fixture()
    for (arguments, code, part) in [
      (["taskIds": ["root.7-0"]], .notFound, "Task root.7-0 not found; known tasks: root.1-0, root.2-0, root.3-0"),
      (["keys": ["a/b"]], .notFound, "the blackboard has no a/b"),
      (["keys": ["a"]], .invalidArgument, "namespace/key, not a"),
      (["format": "pdf"], .invalidArgument, "markdown or json"),
    ] as [(JSONValue, SandboxError.Code, String)] {
      let error = await #expect(throws: SandboxError.self) { _ = try await call(fixture, arguments) }
      #expect(error?.code == code)
      #expect(error?.message.contains(part) == true)
    }
    #expect(fixture.log.read { $0.blackboardEntry(BlackboardKey("session", "synthesis")) } == nil)
  }

  @Test func aSessionWithoutTasksSaysSo() async throws {
    let fixture = try await Fixture()
    #expect(try await call(fixture).text == "# Results: the request\n\nThere are no results.")
  }

  @Test func isBounded() async throws {
    let long = String(repeating: "word ", count: 20_000)
    for count in [1, 10, 150] {
      let fixture = try await fixture(results: Array(repeating: long, count: count))
      for format in ["markdown", "json"] {
        let output = try await call(fixture, ["format": .string(format)])
        #expect((10_000..<32_000).contains(output.text.utf8.count), "\(count) \(format)")
        if count == 150, format == "json" {
          let json = try JSONValue(parsing: output.text)
          #expect(json["tasks"]?.arrayValue?.count == 50 && json["omitted"] == 102)
        }
      }
    }
  }

  @Test func theMetaAgentHasIt() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = DelegationTests.meta([
      ("delegate_task", #"{"agentId":"omega:content","task":"Write it."}"#)
    ]) { _ in .say("written") }
    _ = try await fixture.orchestrator(model).run("Do it")
    let meta = try #require(model.requests.first)
    #expect(meta.tools.map(\.name).contains("synthesize_results"))
    let sub = try #require(model.requests.first { $0.agentID != .meta })
    #expect(!sub.tools.map(\.name).contains("synthesize_results"))
    #expect(try await call(fixture).text.contains("## root.1-0: Write it.\n\nBy omega:content: completed.\n\nwritten"))
  }
}
