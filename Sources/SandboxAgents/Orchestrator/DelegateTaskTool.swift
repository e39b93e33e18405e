import SandboxCore
import SandboxTools

/// `delegate_task`: one task for one sub-agent, to its end.
struct DelegateTaskTool: ToolExecutor {
  static let id = ToolID("delegate_task")

  let runner: TaskRunner

  static let definition = ToolDefinition(
    id: id, description: "Give one task to a sub-agent and wait for its result.",
    category: AgentProfile.sessionCategory, parameters: parameters(agents: nil), effect: .idempotent,
    traits: [.unmetered, .untimed])

  /// What the model is shown names the agents there are. The bus takes any text, so that a wrong name is answered by
  /// this tool, in the documents' words.
  static func parameters(agents: [AgentID]?) -> JSONValue {
    [
      "type": "object",
      "properties": [
        "agentId": AgentParameter.schema(agents),
        "task": ["type": "string", "description": "Everything the agent needs to know"],
        "context": ["type": "string", "description": "Background, such as results of others"],
      ],
      "required": ["agentId", "task"], "additionalProperties": false,
    ]
  }

  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let agentID = AgentID(invocation.arguments["agentId"]?.stringValue ?? "")
    _ = try runner.agent(agentID)
    let task = invocation.arguments["task"]?.stringValue ?? ""
    guard !task.allSatisfy(\.isWhitespace) else {
      throw SandboxError(.invalidArgument, "the task is empty; say what \(agentID) shall do")
    }
    let order = TaskOrder(
      id: TaskOrder.id(for: invocation.callID), parent: invocation.taskID, agentID: agentID, task: task)
    try await runner.log.transact(actor: invocation.agentID) { state throws(SandboxError) in
      (try runner.creation(of: [order], in: state), ())
    }
    let context = invocation.arguments["context"]?.stringValue ?? ""
    let prompt = context.allSatisfy(\.isWhitespace) ? task : "\(task)\n\nContext:\n\(context)"
    let outcome = try await runner.run(order, prompt: prompt)
    guard outcome.status == .completed else {
      let reason = outcome.error?.message ?? outcome.status.rawValue
      throw SandboxError(
        .toolFailed,
        "task \(order.id) of \(agentID) failed: \(reason)"
          + (outcome.text.isEmpty ? "" : "\nKnown until then:\n\(outcome.text.cut(to: 4_000))"))
    }
    return ToolOutput(json: [
      "taskId": .string(order.id.rawValue), "agentId": .string(agentID.rawValue), "status": "completed",
      "result": .string(outcome.text),
    ])
  }
}
