import SandboxCore
import Testing

@testable import SandboxAgents

/// The meta-agent by rules, apart from what its sub-agents do.
@Suite struct OfflineMetaTests {
  private static let sales = ["sales.csv": "region,revenue\nNorth,10\nSouth,30\n"]
  private static let request = "Total revenue by region in sales.csv, as a chart in a report"

  @Test(arguments: ["Book a flight to Paris for Monday", "Tell me a joke", "Sing 'read the sales table'", ""])
  func requestWithoutTool(request: String) async throws {
    let run = try await OfflineRig(files: Self.sales).session(request)
    #expect(run.calls.map(\.name) == ["list_available_tools"])
    #expect(run.answer.contains("No available tool fits"))
    #expect(run.answer.contains("- analytics: describe_table, query_table, generate_chart"))
    #expect(run.answer.contains(OfflineReply.note))
  }

  @Test func effectsThatNoToolHas() async throws {
    let run = try await OfflineRig(files: Self.sales).session("Read sales.csv and delete it")
    #expect(run.answer.contains("No tool can delete: that part of the request was not done."))
  }

  /// A tool of a category is no reason to look at files that the request does not speak of.
  @Test func oneCategory() async throws {
    let rig = OfflineRig(files: Self.sales)
    rig.extra = [
      OfflineRig.tool(
        "translate", "Translate a text", "content",
        ["text": ["type": "string"], "language": ["type": "string", "enum": ["de", "fr"]]],
        required: ["text", "language"]
      ) { (arguments) throws(SandboxError) in ["translation": "bonjour"] }
    ]
    let run = try await rig.session("Translate 'good morning' to French")
    #expect(Set(rig.runs.keys) == ["content"] && rig.documents.isEmpty)
    #expect(run.answer.contains("bonjour") && !run.answer.contains("## Problems"))
  }

  @Test func planOfCategories() async throws {
    let run = try await OfflineRig(files: Self.sales).session(Self.request)
    let steps = try #require(run.arguments(of: "create_plan").first?["steps"]?.arrayValue)
    #expect(steps.map { $0["agentId"] } == ["omega:research", "omega:analytics", "omega:content"])
    #expect(steps.map { $0["dependencies"] ?? [] } == [[], ["research"], ["research", "analytics"]])
    #expect(steps.allSatisfy { $0["task"]?.stringValue?.contains(Self.request) == true })
  }

  @Test func refusedOncePlansMoreSimply() async throws {
    let rig = OfflineRig(files: Self.sales)
    rig.refusedPlans = 1
    let run = try await rig.session(Self.request)
    let plans = run.arguments(of: "create_plan")
    #expect(plans.count == 2 && run.calls.allSatisfy { $0.name != "delegate_task" })
    #expect(plans.last?["steps"]?.arrayValue?.map { $0["dependencies"] ?? [] } == [[], ["research"], ["analytics"]])
    #expect(rig.documents.first?["content"]?.stringValue?.contains("| South | 30 | 1 | 75.0 |") == true)
  }

  @Test func refusedTwiceDelegates() async throws {
    let rig = OfflineRig(files: Self.sales)
    rig.refusedPlans = 2
    let run = try await rig.session(Self.request)
    #expect(
      run.arguments(of: "delegate_task").map { $0["agentId"] } == [
        "omega:research", "omega:analytics", "omega:content",
      ])
    #expect(rig.documents.first?["content"]?.stringValue?.contains("| South | 30 | 1 | 75.0 |") == true)
    #expect(run.answer.contains("| South | 30 | 1 | 75.0 |") && run.answer.contains("report-1.md"))
  }

  @Test func failuresAreNamed() async throws {
    let rig = OfflineRig()
    let steps: JSONValue = [
      ["id": "research", "status": "completed", "result": "## Data\n\nOne file.\n"],
      ["id": "analytics", "status": "failed", "error": "the model is not reachable", "result": "half"],
      ["id": "content", "status": "skipped", "error": "not run, because step 'analytics' failed"],
    ]
    let plan = OfflineRig.tool("create_plan", "Plan", "session", [:]) { (_) throws(SandboxError) in .null }
    var messages: [Message] = [.user(Self.request)]
    func add(_ name: String, _ arguments: JSONValue, _ text: String) {
      let id = CallID("root/\(messages.count).0")
      messages.append(
        .assistant(
          .init(text: "", toolCalls: [.init(id: id, providerID: "p", name: name, arguments: arguments.text())])))
      messages.append(.toolResult(.init(callID: id, providerID: "p", text: text, isError: false)))
    }
    let tools =
      rig.metaTools.filter { $0.specification.name != "create_plan" }.map(\.specification) + [plan.specification]
    func next() async throws -> ModelReply {
      try await OfflineModel().respond(
        to: ModelRequest(agentID: .meta, messages: messages, tools: tools, maxOutputTokens: 100, idempotencyKey: "k"))
    }
    let list = rig.metaTools[0]
    add("list_available_tools", [:], try list.run([:]).text())
    add("create_plan", [:], JSONValue.object(["planId": "p", "status": "failed", "steps": steps]).text())
    // The report does not have to fall with the analysis.
    let call = try #require(try await next().toolCalls.first)
    #expect(call.name == "delegate_task" && call.arguments.contains("omega:content"))
    #expect(call.arguments.contains("the model is not reachable"))
    add(
      "delegate_task", try JSONValue(parsing: call.arguments),
      ###"{"status":"completed","result":"## Artifacts\n\n- `r.md`"}"###)
    let reply = try await next()
    #expect(reply.toolCalls.isEmpty && reply.finishReason == "stop")
    #expect(reply.text.contains("The step analytics is failed: the model is not reachable"))
    #expect(reply.text.contains("- analytics: failed") && reply.text.contains("- content: completed"))
    #expect(reply.text.contains("`r.md`"))
  }

  /// Tools of categories without a sub-agent are the meta-agent's own.
  @Test func ownTools() async throws {
    let rig = OfflineRig()
    let count = OfflineRig.tool(
      "word_count", "Count the words of a text file of the workspace", "execution", ["path": ["type": "string"]],
      required: ["path"]
    ) { (arguments) throws(SandboxError) in .string("42 \(arguments["path"]?.stringValue ?? "")") }
    let run = try await rig.run(.meta, "How many words has notes.txt?", tools: Array(rig.metaTools.prefix(1)) + [count])
    #expect(run.arguments(of: "word_count") == [["path": "notes.txt"]])
    #expect(run.answer.contains("42 notes.txt"))
    let idle = try await rig.run(.meta, "How many words are there?", tools: [count])
    #expect(idle.calls.isEmpty && idle.answer.contains("word_count was not called: no value for its argument path"))
  }

  @Test func agentsOfOtherNames() async throws {
    let rig = OfflineRig(files: Self.sales)
    let agents: JSONValue = ["type": "string", "enum": ["numbers-person", "library"]]
    let plan = OfflineRig.tool(
      "create_plan", "Plan", "session",
      ["steps": ["type": "array", "items": ["type": "object", "properties": ["agentId": agents]]]]
    ) { (_) throws(SandboxError) in .null }
    let system = "- numbers-person: analytics and charts\n- library: research"
    let messages: [Message] = [
      .system(system), .user(Self.request),
      .assistant(
        .init(
          text: "", toolCalls: [.init(id: CallID("a"), providerID: "a", name: "list_available_tools", arguments: "{}")])
      ),
      .toolResult(
        .init(callID: CallID("a"), providerID: "a", text: try rig.metaTools[0].run([:]).text(), isError: false)),
    ]
    let reply = try await OfflineModel().respond(
      to: ModelRequest(
        agentID: .meta, messages: messages, tools: [plan.specification], maxOutputTokens: 100, idempotencyKey: "k"))
    let steps = try JSONValue(parsing: try #require(reply.toolCalls.first).arguments)["steps"]?.arrayValue ?? []
    #expect(steps.map { $0["agentId"] } == ["library", "numbers-person"])
  }

  @Test func cancelled() async {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await OfflineModel().respond(
        to: ModelRequest(agentID: .meta, messages: [], tools: [], maxOutputTokens: 1, idempotencyKey: "k"))
    }
    await #expect { try await task.value } throws: { ($0 as? SandboxError)?.code == .cancelled }
  }
}
