import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

@Suite struct DelegationTests {
  /// A meta-agent that makes these calls first and then says what came back.
  static func meta(
    _ calls: [(String, String)], sub: @escaping @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply
  ) -> ClosureModel {
    ClosureModel { request throws(SandboxError) in
      guard request.agentID == .meta else { return try await sub(request) }
      guard request.results.isEmpty else { return .say(request.results.map(\.text).joined(separator: "|")) }
      return ModelReply(
        text: "", toolCalls: calls.map { .init(id: "", name: $0.0, arguments: $0.1) },
        usage: TokenUsage(input: 1, output: 1))
    }
  }

  @Test func delegatedTaskHasItsRecords() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = Self.meta([
      ("delegate_task", #"{"agentId":"omega:content","task":"Write it.","context":"For children."}"#)
    ]) { _ in .say("written") }
    let answer = try await fixture.orchestrator(model).run("The user's own words")
    #expect(
      answer == #"{"taskId":"root.1-0","agentId":"omega:content","status":"completed","result":"written"}"#)
    let task = try #require(fixture.task("root.1-0"))
    #expect(task.status == .completed && task.result == "written" && task.agentID == AgentID("omega:content"))
    #expect(task.parent == .root && task.model == "test/model")
    #expect(
      task.tools.map(\.rawValue) == [
        "echo_content", "query_blackboard", "write_blackboard", "list_available_tools",
      ])
    #expect(fixture.task("root")?.status == .completed)
    let entry = fixture.log.read { $0.blackboardEntry(BlackboardKey("results", "tasks/root.1-0")) }
    #expect(entry?.value == "written" && entry?.agentID == AgentID("omega:content"))
    let progress = await fixture.announcements("progress")
    #expect(progress.count == 1)
    #expect(
      progress[0].objectValue?.keys == [
        "uptime", "tokensUsed", "toolExecutions", "toolErrors", "costEstimate", "tasksCompleted", "tasksFailed",
      ])
    #expect(progress[0]["tasksCompleted"]?.intValue == 1 && progress[0]["toolExecutions"]?.intValue == 1)
    #expect(await fixture.announcements("task_start").count == 1)
    #expect(await fixture.announcements("task_end").first?["status"]?.stringValue == "completed")
    #expect(await fixture.isConsistent())
  }

  @Test func subAgentSeesItsTaskAndNothingOfTheRequest() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = Self.meta([
      ("delegate_task", #"{"agentId":"omega:content","task":"Write it.","context":"For children."}"#)
    ]) { _ in .say("written") }
    _ = try await fixture.orchestrator(model).run("XYZZY")
    let sub = try #require(model.requests.first { $0.agentID != .meta })
    #expect(sub.firstUserMessage == "Write it.\n\nContext:\nFor children.")
    #expect(!sub.messages.contains { "\($0)".contains("XYZZY") })
    #expect(sub.tools.map(\.name) == ["echo_content", "query_blackboard", "write_blackboard", "list_available_tools"])
    let meta = try #require(model.requests.first)
    #expect(meta.firstUserMessage == "XYZZY")
    #expect(
      meta.tools.map(\.name) == [
        "delegate_task", "create_plan", "synthesize_results", "execute_tool", "query_blackboard", "write_blackboard",
        "list_available_tools",
      ])
    let parameters = try #require(meta.tools.first?.parameters)
    #expect(parameters["required"] == ["agentId", "task"])
    #expect(
      parameters["properties"]?["agentId"]?["enum"] == ["omega:research", "omega:content", "omega:analytics"])
  }

  @Test func unknownAgentIsAnErrorInTheDocumentsWords() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = Self.meta([("delegate_task", #"{"agentId":"omega:law","task":"x"}"#)]) { _ in .say("") }
    let answer = try await fixture.orchestrator(model).run("x")
    #expect(answer.hasPrefix("Agent omega:law not found"))
    #expect(fixture.log.read { $0.delegatedTasks.isEmpty })
  }

  @Test func oneFailureDoesNotKillTheOthers() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = Self.meta([
      ("delegate_task", #"{"agentId":"omega:research","task":"fail"}"#),
      ("delegate_task", #"{"agentId":"omega:content","task":"work"}"#),
    ]) { request throws(SandboxError) in
      if request.firstUserMessage == "fail" {
        throw SandboxError(.rejected, "too long", cause: ModelFailure(status: 400, mayBeBilled: false))
      }
      return .say("fine")
    }
    let answer = try await fixture.orchestrator(model).run("x")
    #expect(answer.contains("task root.1-0 of omega:research failed: too long"))
    #expect(answer.contains(#""result":"fine""#))
    #expect(fixture.task("root.1-0")?.status == .failed && fixture.task("root.1-1")?.status == .completed)
    #expect(fixture.log.read { $0.metrics.tasksFailed } == 1)
    #expect(fixture.stop.reason == nil)
  }

  @Test func boundsOfASubAgentAreItsOwnFailure() async throws {
    var limits = ExecutionLimits()
    limits.maxIterations = 2
    let fixture = try await Fixture(limits: limits)
    try await fixture.team()
    let model = Self.meta([("delegate_task", #"{"agentId":"omega:research","task":"x"}"#)]) { request in
      .calls(("echo_research", #"{"text":"fact \#(request.results.count)"}"#))
    }
    let answer = try await fixture.orchestrator(model).run("x")
    #expect(answer.contains("used all 2 iterations") && answer.contains("fact 0"))
    #expect(fixture.stop.reason == nil)
  }

  @Test func boundsOfTheMetaAgentStopTheSession() async throws {
    var limits = ExecutionLimits()
    limits.maxIterations = 2
    let fixture = try await Fixture(limits: limits)
    try await fixture.team()
    let model = ClosureModel { request in .calls(("query_blackboard", #"{"text":"\#(request.results.count)"}"#)) }
    let error = await #expect(throws: SandboxError.self) { try await fixture.orchestrator(model).run("x") }
    #expect(error?.code == .limitExceeded)
    #expect(fixture.stop.reason?.kind == .iterations)
    #expect(fixture.task("root")?.status == .failed)
  }

  @Test func widthIsBounded() async throws {
    var limits = ExecutionLimits()
    limits.maxConcurrentAgents = 3
    let fixture = try await Fixture(limits: limits)
    try await fixture.team()
    let busy = Counter()
    let calls = (0..<20).map { ("delegate_task", #"{"agentId":"omega:research","task":"t\#($0)"}"#) }
    let model = Self.meta(calls) { _ in
      busy.enter()
      for _ in 0..<20 { await Task.yield() }
      busy.leave()
      return .say("ok")
    }
    _ = try await fixture.orchestrator(model).run("x")
    #expect(busy.total == 20)
    #expect(busy.most == 3)
  }

  @Test func numberOfTasksIsBounded() async throws {
    var limits = ExecutionLimits()
    limits.maxTasks = 4
    let fixture = try await Fixture(limits: limits)
    try await fixture.team()
    let calls = (0..<6).map { ("delegate_task", #"{"agentId":"omega:research","task":"t\#($0)"}"#) }
    let model = Self.meta(calls) { _ in .say("ok") }
    await #expect(throws: SandboxError.self) { try await fixture.orchestrator(model).run("x") }
    #expect(fixture.log.read { $0.delegatedTasks.count } == 4)
    #expect(fixture.stop.reason?.kind == .delegation)
  }

  @Test func depthIsBounded() async throws {
    var limits = ExecutionLimits()
    limits.maxDelegationDepth = 0
    let fixture = try await Fixture(limits: limits)
    try await fixture.team()
    let model = Self.meta([("delegate_task", #"{"agentId":"omega:research","task":"x"}"#)]) { _ in .say("ok") }
    let answer = try await fixture.orchestrator(model).run("x")
    #expect(answer.contains("0 levels deep"))
    #expect(fixture.log.read { $0.delegatedTasks.isEmpty })
  }

  @Test func subAgentCannotDelegateNorUseOthersTools() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = Self.meta([("delegate_task", #"{"agentId":"omega:research","task":"x"}"#)]) { request in
      guard request.results.isEmpty else { return .say(request.results.map(\.text).joined(separator: "|")) }
      return .calls(
        ("delegate_task", #"{"agentId":"omega:research","task":"x"}"#), ("create_plan", "{}"), ("echo_content", "{}"),
        ("execute_tool", #"{"toolId":"echo_content"}"#))
    }
    let answer = try await fixture.orchestrator(model).run("x")
    for tool in ["delegate_task", "create_plan", "echo_content", "execute_tool"] {
      #expect(answer.contains("Tool \(tool) not found"))
    }
    #expect(fixture.log.read { $0.delegatedTasks.count } == 1)
  }

  @Test func toolsOfNoSpecialistAreTheMetaAgents() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    try await fixture.echo("send_mail", category: "integration")
    try await fixture.echo("run_code", category: "execution")
    let model = Self.meta([("send_mail", #"{"text":"sent"}"#)]) { _ in .say("") }
    #expect(try await fixture.orchestrator(model).run("x") == "sent")
    #expect(model.requests[0].tools.map(\.name).suffix(2) == ["send_mail", "run_code"])
  }

  @Test func toolsThatASpecialistListsAreNot() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    try await fixture.echo("run_code", category: "execution")
    let agents = [AgentProfile(id: AgentID("coder"), name: "coder", categories: ["execution", "research"])]
    let model = Self.meta([("delegate_task", #"{"agentId":"coder","task":"x"}"#)]) { _ in .say("ok") }
    _ = try await fixture.orchestrator(model, agents: agents).run("x")
    #expect(!model.requests[0].tools.map(\.name).contains("run_code"))
    #expect(model.requests[1].tools.map(\.name).prefix(2) == ["echo_research", "run_code"])
  }

  @Test func executeToolPassesTheSameGates() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let model = Self.meta([
      ("execute_tool", #"{"toolId":"echo_content","args":{"text":"hello"}}"#),
      ("execute_tool", #"{"toolId":"nobody"}"#),
      ("execute_tool", #"{"toolId":"echo_content","args":{"text":5}}"#),
      ("execute_tool", #"{"toolId":"delegate_task","args":{}}"#),
    ]) { _ in .say("") }
    let parts = try await fixture.orchestrator(model).run("x").split(separator: "|")
    #expect(parts.count == 4)
    #expect(parts[0] == "hello")
    #expect(parts[1].contains("Tool nobody not found"))
    #expect(parts[2].contains("Invalid arguments for echo_content"))
    #expect(parts[3].contains("cannot be run through execute_tool"))
    let nested = fixture.log.read { $0.executions[CallID("root/1.0.0")] }
    #expect(nested?.parentCallID == CallID("root/1.0") && nested?.status == .completed)
  }

  @Test func anAgentsOwnModelAndLimits() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let special = ClosureModel { _ in .calls(("echo_research", #"{"text":"a"}"#)) }
    let model = Self.meta([("delegate_task", #"{"agentId":"r","task":"x"}"#)]) { _ in .say("wrong model") }
    let agents = [
      AgentProfile(
        id: AgentID("r"), name: "r", categories: ["research"], model: "special",
        limits: AgentLimits(maxIterations: 1, budget: BudgetLimit(tokens: 50_000)))
    ]
    let orchestrator = try await Orchestrator(
      agents: agents, model: fixture.metered(model), models: ["special": fixture.metered(special)], bus: fixture.bus,
      meter: fixture.meter)
    #expect(try await orchestrator.run("x").contains("used all 1 iterations"))
    #expect(special.requests.count == 1)
    #expect(fixture.log.read { $0.budget.accounts[TaskID("root.1-0")]?.limit.tokens } == 50_000)
  }

  @Test func modelThatIsNotThereIsRefused() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let agents = [AgentProfile(id: AgentID("r"), name: "r", categories: ["research"], model: "special")]
    let error = await #expect(throws: SandboxError.self) {
      try await fixture.orchestrator(ClosureModel { _ in .say("") }, agents: agents)
    }
    #expect(error?.code == .invalidArgument)
  }

  @Test func sessionThatStopsEndsEveryTask() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let calls = (0..<4).map { ("delegate_task", #"{"agentId":"omega:research","task":"t\#($0)"}"#) }
    let busy = Counter()
    let all = Gate()
    let model = Self.meta(calls) { _ throws(SandboxError) in
      if busy.enter() == 4 { all.open() }
      try await Gate().wait()
      return .say("never")
    }
    let orchestrator = try await fixture.orchestrator(model)
    let code = await withTaskGroup(of: SandboxError.Code?.self) { group in
      group.addTask {
        do throws(SandboxError) {
          _ = try await orchestrator.run("x")
          return nil
        } catch {
          return error.code
        }
      }
      try? await all.wait()
      fixture.stop.requestStop(StopReason(.terminate, "signal"))
      group.cancelAll()
      return await group.next() ?? nil
    }
    #expect(code == .cancelled)
    let state = fixture.log.current
    #expect(state.tasks.values.allSatisfy { $0.status == .cancelled })
    #expect(state.modelCalls.values.allSatisfy { $0.status != .executing })
    #expect(state.executions.values.allSatisfy { $0.status != .executing })
    #expect(state.budget.reservations.isEmpty)
    #expect(await fixture.isConsistent())
  }

  @Test func resumedSessionGoesOnWhereItWas() async throws {
    let fixture = try await Fixture()
    try await fixture.team()
    let busy = Counter()
    let second = Gate()
    let calls = (0..<2).map { ("delegate_task", #"{"agentId":"omega:research","task":"t\#($0)"}"#) }
    let first = Self.meta(calls) { request throws(SandboxError) in
      if request.firstUserMessage == "t0" { return .say("zero") }
      busy.enter()
      second.open()
      try await Gate().wait()
      return .say("never")
    }
    let orchestrator = try await fixture.orchestrator(first)
    await withTaskGroup { group in
      group.addTask { _ = try? await orchestrator.run("x") }
      try? await second.wait()
      while fixture.task("root.1-0")?.status != .completed { await Task.yield() }
      group.cancelAll()
    }
    #expect(fixture.task("root.1-1")?.status == .running)
    #expect(fixture.task("root")?.status == .running)

    // A new process: the journal is folded again, tools and agents are set up again.
    let records = await fixture.journal.records
    let again = try await Fixture(resuming: records)
    try await again.team()
    let model = Self.meta([]) { request in .say("second try of \(request.firstUserMessage)") }
    let answer = try await again.orchestrator(model).run("x")
    #expect(model.requests.filter { $0.agentID == .meta }.count == 1)
    #expect(!model.requests.contains { $0.firstUserMessage == "t0" })
    #expect(answer.contains("zero"))
    #expect(again.log.read { $0.tasks.count } == 3)
  }
}
