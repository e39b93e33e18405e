import SandboxCore
import SandboxTools

/// `create_plan`: checks a plan, records it and carries it out. What is wrong with it goes back to the model.
struct CreatePlanTool: ToolExecutor {
  static let id = ToolID("create_plan")
  /// A first plan and two more after failures.
  static let maximumPlans = 3

  let runner: TaskRunner

  static let definition = ToolDefinition(
    id: id,
    description:
      "Make a plan and carry it out: steps run at the same time, those with dependencies after them and with "
      + "their results. Returns each step's result.",
    category: AgentProfile.sessionCategory, parameters: parameters(agents: nil), effect: .idempotent,
    traits: [.unmetered, .untimed])

  static func parameters(agents: [AgentID]?) -> JSONValue {
    let agent = AgentParameter.schema(agents)
    return [
      "type": "object",
      "properties": [
        "description": ["type": "string"],
        "steps": [
          "type": "array",
          "items": [
            "type": "object",
            "properties": [
              "id": ["type": "string"], "description": ["type": "string"], "agentId": agent,
              "task": ["type": "string", "description": "Everything the agent needs to know"],
              "dependencies": ["type": "array", "items": ["type": "string"], "description": "Ids of steps"],
              "alternative": [
                "type": "object", "description": "Tried once if the step fails",
                "properties": ["agentId": agent, "task": ["type": "string"]], "required": ["agentId", "task"],
              ],
            ],
            "required": ["id", "agentId", "task"],
          ],
        ],
      ],
      "required": ["description", "steps"],
    ]
  }

  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let prefix = TaskOrder.id(for: invocation.callID)
    let plan = Self.plan(from: invocation.arguments, id: Self.planID(for: prefix))
    let problems = plan.problems(knownAgents: Set(runner.agents.keys))
    guard problems.isEmpty else {
      throw SandboxError(
        .invalidArgument,
        "the plan was not run: \(problems.prefix(20).joined(separator: "; ")). Correct it and call again.")
    }
    let run = PlanRun(plan, parent: invocation.taskID, prefix: prefix, runner: runner)
    try await runner.log.transact(actor: invocation.agentID) { state throws(SandboxError) in
      if state.plans.contains(where: { $0.id == plan.id }) { return ([], ()) }
      guard state.plans.count < Self.maximumPlans else {
        throw SandboxError(
          .limitExceeded,
          "\(Self.maximumPlans) plans have been run in this session, which is the limit; delegate what is left as single "
            + "tasks, or answer from what is known")
      }
      let tasks = try runner.creation(of: run.orders, in: state)
      return ([.planCreated(PlanCreated(plan: plan, taskID: invocation.taskID))] + tasks, ())
    }
    return ToolOutput(json: try await run.run())
  }

  private static func planID(for prefix: TaskID) -> String {
    "plan-\(prefix.rawValue.split(separator: ".").dropFirst().joined(separator: "."))"
  }

  private static func plan(from arguments: JSONValue, id: String) -> Plan {
    let steps = (arguments["steps"]?.arrayValue ?? []).map { step in
      PlanStep(
        id: step["id"]?.stringValue ?? "", description: step["description"]?.stringValue ?? "",
        agentID: AgentID(step["agentId"]?.stringValue ?? ""), task: step["task"]?.stringValue ?? "",
        dependencies: unique(step["dependencies"]?.arrayValue?.compactMap(\.stringValue) ?? []),
        alternative: alternative(step["alternative"]))
    }
    return Plan(id: id, description: arguments["description"]?.stringValue ?? "", steps: steps)
  }

  private static func alternative(_ json: JSONValue?) -> PlanStep.Alternative? {
    guard let agent = json?["agentId"]?.stringValue, let task = json?["task"]?.stringValue else { return nil }
    return PlanStep.Alternative(agentID: AgentID(agent), task: task)
  }

  /// A step that is named twice is waited for once.
  private static func unique(_ ids: [String]) -> [String] {
    var seen: Set<String> = []
    return ids.filter { seen.insert($0).inserted }
  }
}
