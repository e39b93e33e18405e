import SandboxCore

/// The meta-agent by rules: learns which tools exist, gives each category that fits the request a step, has the plan
/// carried out, and reports what came of it.
struct OfflinePlanner: Sendable {
  let conversation: OfflineConversation
  let task: OfflineTask
  let match: OfflineToolMatch
  /// Works with the tools that no sub-agent has.
  let own: OfflineWorker

  struct Step: Sendable, Hashable {
    let id: String
    let agent: String
    let task: String
    let dependencies: [String]
  }

  init(_ conversation: OfflineConversation) {
    self.conversation = conversation
    task = OfflineTask(whole: conversation.prompt)
    match = OfflineToolMatch(task)
    own = OfflineWorker(conversation, task: task)
  }

  func next() -> OfflineReply {
    if let list = conversation.tool("list_available_tools"), conversation.calls(of: list.name).isEmpty {
      return .calls([.init(name: list.name, arguments: [:])])
    }
    if case .calls(let calls) = own.next() { return .calls(calls) }
    let steps = steps
    guard !steps.isEmpty || !own.isIdle || !outcomes.isEmpty else { return .answer(noMatch) }
    let plans = conversation.calls(of: "create_plan")
    if conversation.tool("create_plan") != nil, !steps.isEmpty, outcomes.isEmpty, plans.count < 2 {
      return .calls([.init(name: "create_plan", arguments: plan(steps, isSimple: !plans.isEmpty))])
    }
    if conversation.tool("delegate_task") != nil, let delegation = delegation(steps) { return .calls([delegation]) }
    return .answer(answer)
  }

  // MARK: - Plan

  private func plan(_ steps: [Step], isSimple: Bool) -> JSONValue {
    let list = steps.enumerated().map { index, step -> JSONValue in
      var object: JSONObject = ["id": .string(step.id), "agentId": .string(step.agent), "task": .string(step.task)]
      if isSimple {
        // A plain chain, with nothing in it that is not needed.
        if index > 0 { object["dependencies"] = [.string(steps[index - 1].id)] }
      } else {
        object["description"] = .string("\(step.id): \(OfflineSections.clipped(task.title, to: 80))")
        if !step.dependencies.isEmpty { object["dependencies"] = .array(step.dependencies.map { .string($0) }) }
      }
      return .object(object)
    }
    return ["description": .string(task.title), "steps": .array(list)]
  }

  /// The first step that no plan has done: any of them without a plan; with one, a report that was skipped because
  /// another step failed.
  private func delegation(_ steps: [Step]) -> OfflineReply.Call? {
    let outcomes = outcomes
    let delegated = conversation.calls(of: "delegate_task").compactMap { $0.arguments["task"]?.stringValue }
    let hasPlan = conversation.calls(of: "create_plan").contains { !Self.outcomes(in: $0).isEmpty }
    let open = steps.first { step in
      guard !delegated.contains(step.task) else { return false }
      let outcome = outcomes.last { $0.id == step.id }
      return hasPlan ? outcome.map { $0.wasSkipped && outcomes.contains(where: \.isSuccess) } ?? false : outcome == nil
    }
    guard let open else { return nil }
    var arguments: JSONObject = ["agentId": .string(open.agent), "task": .string(open.task)]
    let known = outcomes.filter { !$0.text.isEmpty && !$0.wasSkipped }
    if !known.isEmpty {
      arguments["context"] = .string(
        known.map { $0.isSuccess ? $0.text : "## Problems\n\n- \($0.id) failed: \($0.text)" }.joined(separator: "\n\n"))
    }
    return .init(name: "delegate_task", arguments: .object(arguments))
  }

  /// One step for each category that has tools for the request, in an order in which they can use each other's results.
  var steps: [Step] {
    let order = ["research", "analytics"]
    var categories = Set(tools.filter { match.fits(name: $0.name, description: $0.description) }.map(\.category))
    let looker = tools.first { tool in
      OfflineWords(tool.name).words.contains("list")
        && OfflineWords(tool.name).concepts.contains(OfflineLexicon.meaning("file"))
    }
    // Data and reports need something to look at first.
    let isReportOnly = categories == ["content"] && match.means("document")
    if let looker, categories.contains("analytics") || isReportOnly || match.means("file") {
      categories.insert(looker.category)
    }
    func rank(_ category: String) -> Int { order.firstIndex(of: category) ?? (category == "content" ? 3 : 2) }
    var steps: [Step] = []
    for category in categories.sorted(by: { (rank($0), $0) < (rank($1), $1) }) {
      guard let agent = agent(for: category) else { continue }
      let earlier = steps.filter { rank($0.id) < rank(category) }.map(\.id)
      steps.append(Step(id: category, agent: agent, task: text(for: category), dependencies: earlier))
    }
    return steps
  }

  private func text(for category: String) -> String {
    let instruction =
      switch category {
      case "research": "Find in the workspace what this request needs, and say what is there."
      case "analytics": "Analyse the data for this request: query the tables, chart what is asked for, give the totals."
      case "content": "Write the document that this request asks for, from what the earlier steps found."
      default: "Do what the \(category) tools can do for this request."
      }
    let found = category == "content" && !own.isIdle ? "\n\nResults of earlier steps:\n\n\(own.findings.text)" : ""
    return "\(instruction)\n\(OfflineTask.marker)\(task.request)\(found)"
  }

  // MARK: - What there is

  struct Tool: Sendable, Hashable {
    let name: String
    let description: String
    let category: String
  }

  var tools: [Tool] {
    let own = Set(conversation.tools.map(\.name)).union(OfflineWorker.runtimeTools)
    var tools: [Tool] = []
    for call in conversation.calls(of: "list_available_tools") {
      guard !call.isError, let value = call.value else { continue }
      OfflineJSON.objects(in: value) { key, object in
        guard let name = object.first("name", "id")?.stringValue, let description = object["description"]?.stringValue
        else { return }
        let category = (object["category"] ?? object["metadata"]?["category"])?.stringValue ?? key
        guard category != "session", !own.contains(name) else { return }
        let tool = Tool(name: name, description: description, category: category)
        if !tools.contains(tool) { tools.append(tool) }
      }
    }
    return tools
  }

  private var agents: [String] {
    let inPlan = conversation.tool("create_plan")?.parameters["properties"]?["steps"]?["items"]?["properties"]?[
      "agentId"]
    let inDelegation = conversation.tool("delegate_task")?.parameters["properties"]?["agentId"]
    return [inPlan, inDelegation].lazy.compactMap { $0?["enum"]?.arrayValue }.first?.compactMap(\.stringValue) ?? []
  }

  /// The agent whose id names the category, or whose line in the instructions does.
  private func agent(for category: String) -> String? {
    let agents = agents
    if agents.isEmpty { return "omega:\(category)" }
    let lines = conversation.system.split(separator: "\n").filter { $0.contains(category) }
    let described = agents.first { agent in lines.contains { $0.contains(agent) } }
    return agents.first { $0.split(separator: ":").last.map(String.init) == category }
      ?? agents.first { $0.contains(category) } ?? described ?? (agents.count == 1 ? agents[0] : nil)
  }
}
