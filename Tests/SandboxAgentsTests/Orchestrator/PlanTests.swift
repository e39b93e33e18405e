import SandboxAgents
import SandboxCore
import Synchronization
import SandboxTestKit
import Testing

@Suite struct PlanTests {
  private static func step(
    _ id: String, _ agent: String = "omega:research", after: [String] = [], alternative: String? = nil
  ) -> JSONValue {
    var step: JSONObject = ["id": .string(id), "agentId": .string(agent), "task": .string("do \(id)")]
    if !after.isEmpty { step["dependencies"] = .array(after.map { .string($0) }) }
    if let alternative { step["alternative"] = ["agentId": "omega:content", "task": .string(alternative)] }
    return .object(step)
  }

  private static func arguments(_ steps: [JSONValue]) -> String {
    JSONValue.object(["description": "A plan", "steps": .array(steps)]).text(.compact)
  }

  private func run(
    _ steps: [JSONValue], width: Int = 8,
    sub: @escaping @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply
  ) async throws -> (summary: JSONValue?, text: String, fixture: Fixture, model: ClosureModel) {
    var limits = ExecutionLimits()
    limits.maxConcurrentAgents = width
    let fixture = try await Fixture(limits: limits)
    try await fixture.team()
    let model = DelegationTests.meta([("create_plan", Self.arguments(steps))], sub: sub)
    let text = try await fixture.orchestrator(model).run("x")
    return (try? JSONValue(parsing: text), text, fixture, model)
  }

  @Test func dependentsComeAfterAndGetTheResults() async throws {
    let order = Mutex<[String]>([])
    let end = try await run([
      Self.step("last", after: ["left", "right"]), Self.step("left", after: ["first"]),
      Self.step("right", "omega:analytics", after: ["first"]), Self.step("first", "omega:content"),
    ]) { request in
      let task = request.firstUserMessage.split(separator: "\n")[0]
      order.withLock { $0.append(String(task)) }
      return .say("result of \(task)")
    }
    let tasks = order.withLock { $0 }
    #expect(tasks.first == "do first" && tasks.last == "do last" && tasks.count == 4)
    let summary = try #require(end.summary)
    #expect(summary["status"] == "completed" && summary["planId"] == "plan-1-0")
    #expect(summary["steps"]?.arrayValue?.map { $0["status"]?.stringValue } == Array(repeating: "completed", count: 4))
    #expect(summary["steps"]?[0]?["result"] == "result of do last")
    let last = try #require(end.model.requests.first { $0.firstUserMessage.hasPrefix("do last") })
    #expect(last.firstUserMessage.contains("[left] (blackboard namespace results, key tasks/root.1-0-2)"))
    #expect(last.firstUserMessage.contains("result of do left") && last.firstUserMessage.contains("result of do right"))
    #expect(end.fixture.task("root.1-0-1")?.dependencies.map(\.rawValue) == ["root.1-0-2", "root.1-0-3"])
    #expect(end.fixture.task("root.1-0-1")?.planID == "plan-1-0" && end.fixture.task("root.1-0-1")?.stepID == "last")
    #expect(end.fixture.log.read { $0.plans.count } == 1)
    #expect(await end.fixture.isConsistent())
  }

  @Test func independentStepsRunAtTheSameTime() async throws {
    let busy = Counter()
    let all = Gate()
    let end = try await run((0..<5).map { Self.step("s\($0)") }) { _ throws(SandboxError) in
      if busy.enter() == 5 { all.open() }
      try await all.wait()
      return .say("ok")
    }
    #expect(busy.most == 5)
    #expect(end.summary?["status"] == "completed")
  }

  @Test func whatDependsOnAFailureIsSkippedAndTheRestGoesOn() async throws {
    let end = try await run([
      Self.step("bad"), Self.step("child", after: ["bad"]), Self.step("grandchild", after: ["child", "good"]),
      Self.step("good", "omega:content"), Self.step("friend", after: ["good"]),
    ]) { request throws(SandboxError) in
      if request.firstUserMessage.hasPrefix("do bad") {
        throw SandboxError(.rejected, "refused", cause: ModelFailure(status: 400, mayBeBilled: false))
      }
      return .say("ok")
    }
    let steps = try #require(end.summary?["steps"]?.arrayValue)
    #expect(steps.map { $0["status"]?.stringValue } == ["failed", "skipped", "skipped", "completed", "completed"])
    #expect(steps[0]["error"]?.stringValue?.contains("refused") == true)
    #expect(steps[1]["error"]?.stringValue?.contains("'bad' failed") == true)
    #expect(end.summary?["status"] == "failed")
    #expect(end.fixture.task("root.1-0-2")?.status == .skipped)
  }

  @Test func alternativeIsTriedOnce() async throws {
    let asked = Mutex<[String]>([])
    let end = try await run([
      Self.step("mended", alternative: "do it otherwise"), Self.step("after", after: ["mended"]),
      Self.step("lost", alternative: "do it in vain"),
    ]) { request throws(SandboxError) in
      let task = request.firstUserMessage
      asked.withLock { $0.append(String(task.split(separator: "\n")[0])) }
      if ["do mended", "do lost", "do it in vain"].contains(task) {
        throw SandboxError(.rejected, "refused", cause: ModelFailure(status: 400, mayBeBilled: false))
      }
      return .say("ok: \(request.agentID)")
    }
    let steps = try #require(end.summary?["steps"]?.arrayValue)
    #expect(steps.map { $0["status"]?.stringValue } == ["completed", "completed", "failed"])
    #expect(steps[0]["result"] == "ok: omega:content" && steps[0]["taskId"] == "root.1-0-1b")
    #expect(
      asked.withLock { $0.sorted() } == [
        "do after", "do it in vain", "do it otherwise", "do lost", "do mended",
      ])
    let after = try #require(end.model.requests.first { $0.firstUserMessage.hasPrefix("do after") })
    #expect(after.firstUserMessage.contains("key tasks/root.1-0-1b"))
  }

  @Test(
    arguments: [
      ([step("a", after: ["b"]), step("b", after: ["a"])], "cycle"), ([step("a"), step("a")], "used twice"),
      ([step("a", after: ["ghost"])], "not a step"), ([step("a", "omega:law")], "Agent omega:law not found"),
      ([], "no steps"), ([step("a", after: ["a"])], "depends on itself"),
    ] as [([JSONValue], String)])
  func badPlanGoesBackToTheModel(steps: [JSONValue], problem: String) async throws {
    let end = try await run(steps) { _ in .say("ok") }
    #expect(end.text.contains(problem), "\(end.text)")
    #expect(end.fixture.log.read { $0.plans.isEmpty && $0.delegatedTasks.isEmpty })
  }

  @Test func stepsThatNeverCameToTheirTurnEndWithTheSession() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let plan = Self.arguments([Self.step("a"), Self.step("b", after: ["a"])])
    let model = DelegationTests.meta([("create_plan", plan)]) { _ in
      fixture.stop.requestStop(StopReason(.cost, "spent"))
      return .calls(("echo_research", "{}"))
    }
    await #expect(throws: SandboxError.self) { try await fixture.orchestrator(model).run("x") }
    #expect(fixture.log.read { $0.tasks.values.allSatisfy { $0.status == .cancelled } })
    #expect(fixture.log.read { $0.tasks.count } == 3)
    #expect(await fixture.isConsistent())
  }

  @Test func plansAreBounded() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = ClosureModel { request in
      guard request.agentID == .meta else { return .say("ok") }
      return request.results.count == 4
        ? .say(request.lastText)
        : .calls(("create_plan", Self.arguments([Self.step("s\(request.results.count)")])))
    }
    let answer = try await fixture.orchestrator(model).run("x")
    #expect(answer.contains("3 plans have been run"))
    #expect(fixture.log.read { $0.plans.map(\.id) } == ["plan-1-0", "plan-2-0", "plan-3-0"])
  }

  @Test func widthHoldsInPlansToo() async throws {
    let busy = Counter()
    _ = try await run((0..<12).map { Self.step("s\($0)") }, width: 2) { _ in
      busy.enter()
      for _ in 0..<10 { await Task.yield() }
      busy.leave()
      return .say("ok")
    }
    #expect(busy.total == 12 && busy.most == 2)
  }

  /// Random graphs: every step runs exactly once, and never before what it depends on.
  @Test func randomGraphsKeepTheirOrder() async throws {
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let count = Int.random(in: 1...25, using: &random)
      var edges: [[Int]] = []
      for step in 0..<count {
        edges.append((0..<step).filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
      }
      let steps = (0..<count).map { index in Self.step("s\(index)", after: edges[index].map { "s\($0)" }) }
      let done = Mutex<[String]>([])
      let early = Counter()
      let dependencies = edges
      let end = try await run(steps.shuffled(using: &random)) { request in
        let task = String(request.firstUserMessage.split(separator: "\n")[0].dropFirst(3))
        let before = done.withLock { $0 }
        let index = Int(task.dropFirst()) ?? 0
        if !dependencies[index].allSatisfy({ before.contains("s\($0)") }) { early.enter() }
        await Task.yield()
        done.withLock { $0.append(task) }
        return .say("ok")
      }
      #expect(end.summary?["status"] == "completed", "seed \(seed)")
      #expect(early.total == 0, "seed \(seed)")
      #expect(done.withLock { $0.sorted() } == (0..<count).map { "s\($0)" }.sorted(), "seed \(seed)")
    }
  }
}
