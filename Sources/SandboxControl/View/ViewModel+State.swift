package import SandboxCore

extension ViewModel {
  /// How many calls are kept to be shown.
  static let shownCalls = 8

  /// Takes what is shown out of the state; linear in tasks and tool calls, so not for every event.
  package init(_ state: SessionState, elapsed: Duration) {
    self.init()
    session = state.session?.sessionID.rawValue ?? ""
    phase = state.lifecycle.phase
    stop = state.stop?.detail
    spend = Spend(state, elapsed: elapsed)
    if let plan = state.plans.last {
      planDescription = plan.description
      steps = Self.steps(of: plan, state)
    }
    agents = state.tasks.values.filter { $0.status == .running }
      .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
      .map { Agent(name: $0.agentID.rawValue, task: Self.short($0.prompt), step: $0.steps + 1) }
    toolsRunning = state.executions.values.count { $0.status == .executing }
    toolsFinished = state.executions.count - toolsRunning
    toolsFailed = state.metrics.toolErrors
    calls = state.executionOrder.suffix(Self.shownCalls).compactMap { state.executions[$0] }.map(Self.call)
  }

  private static func steps(of plan: Plan, _ state: SessionState) -> [Step] {
    var statuses: [String: [TaskStatus]] = [:]
    for task in state.tasks.values where task.planID == plan.id {
      if let step = task.stepID { statuses[step, default: []].append(task.status) }
    }
    return plan.steps.map { step in
      let seen = statuses[step.id] ?? []
      // A step may have been tried twice, the second time by its alternative.
      let status = [TaskStatus.completed, .running, .pending, .failed, .cancelled, .skipped].first(where: seen.contains)
      return Step(
        id: step.id, agent: step.agentID.rawValue,
        title: short(step.description.isEmpty ? step.task : step.description),
        status: status ?? .pending)
    }
  }

  private static func call(_ execution: ToolExecution) -> Call {
    let arguments = execution.arguments.isNull ? "" : short(execution.arguments.text(.compact))
    let isOver = execution.status != .executing
    return Call(
      tool: execution.toolID.rawValue, detail: execution.error.map { short($0.message) } ?? arguments,
      status: execution.status, duration: isOver ? .milliseconds(execution.durationMilliseconds) : nil)
  }

  private static func short(_ text: String) -> String { String(text.prefix(300)) }
}
