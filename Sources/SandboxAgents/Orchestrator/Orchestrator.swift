package import SandboxCore
package import SandboxTools

/// The meta-agent with its sub-agents: takes the user's request to an answer.
package struct Orchestrator: Sendable {
  let runner: TaskRunner
  let model: MeteredModel
  let system: String
  private let tools: ToolOffer

  /// Reads the tools on the bus and puts the meta-agent's own beside them; call it when all others are registered.
  ///
  /// - Parameters:
  ///   - agents: the sub-agents; nil is one for each category that has tools.
  ///   - models: models that agents ask for by name, besides the session's own.
  ///   - instructions: what the session's owner tells the meta-agent.
  /// - Throws: `.invalidArgument` when an agent asks for a model that is not there; `.alreadyExists` when another tool has
  ///   the name of one of the meta-agent's.
  package init(
    agents: [AgentProfile]? = nil, model: MeteredModel, models: [String: MeteredModel] = [:], instructions: String = "",
    bus: ToolBus, meter: Meter
  ) async throws(SandboxError) {
    let present = await bus.listTools()
    let shared = present.filter { OrchestratorTools.shared.contains($0.id) }
    let working = present.filter { $0.category != AgentProfile.sessionCategory }
    let profiles = agents ?? AgentProfile.specialists(for: Set(working.map(\.category)))
    var subAgents: [SubAgent] = []
    for profile in profiles {
      let own = working.filter { profile.categories.contains($0.category) }
      var choice = model
      if let name = profile.model {
        guard let found = models[name] else {
          throw SandboxError(.invalidArgument, "agent \(profile.id): model \"\(name)\" has not been set up")
        }
        choice = found
      }
      subAgents.append(
        SubAgent(profile, model: choice, tools: ToolOffer(own + shared), limits: meter.limits))
    }
    runner = TaskRunner(agents: subAgents, bus: bus, meter: meter)
    try await OrchestratorTools.register(on: bus, runner: runner)
    let given = Set(profiles.flatMap(\.categories))
    let own = working.filter { AgentProfile.metaCategories.contains($0.category) && !given.contains($0.category) }
    let ids = profiles.map(\.id)
    var session: [ToolDefinition] = []
    if !ids.isEmpty {
      session += [DelegateTaskTool.definition, CreatePlanTool.definition, SynthesizeResultsTool.definition]
    }
    if !working.isEmpty { session.append(ExecuteToolTool.definition) }
    tools = ToolOffer(
      session + shared + own,
      showing: [
        DelegateTaskTool.id: DelegateTaskTool.parameters(agents: ids),
        CreatePlanTool.id: CreatePlanTool.parameters(agents: ids),
      ])
    system = SystemPrompts.meta(agents: profiles, ownTools: !own.isEmpty, instructions: instructions)
    self.model = model
  }

  /// Works on the request until there is an answer. A session that is resumed goes on where its journal ends.
  ///
  /// - Throws: `.limitExceeded` when a limit ended the work (the stop has then been requested), `.rejected` when the model
  ///   gave no answer, `.cancelled`, `.io`, and the model's own errors, as `.unauthorized` and `.unavailable`.
  package func run(_ request: String) async throws(SandboxError) -> String {
    if let answer = try await begin(request) { return answer }
    let loop = AgentLoop(
      taskID: .root, model: model, tools: tools, bus: runner.bus, log: runner.log,
      maxIterations: runner.meter.limits.maxIterations)
    let result: AgentResult
    do throws(SandboxError) {
      result = try await loop.run()
    } catch {
      let isPause = error.code == .cancelled && runner.meter.stop.reason == nil
      if error.code != .io, !isPause { try await end(error.code == .cancelled ? .cancelled : .failed, error: error) }
      throw error
    }
    switch result.status {
    case .completed:
      try await end(.completed, result: result.text)
      return result.text
    case .failed(let detail):
      let error = SandboxError(.rejected, "the meta-agent failed: \(detail)")
      try await end(.failed, result: result.text, error: error)
      throw error
    case .stopped(let kind, let detail):
      runner.meter.stop.requestStop(StopReason(kind, detail: detail))
      let error = SandboxError(.limitExceeded, detail)
      try await end(.failed, result: result.text, error: error)
      throw error
    }
  }

  /// Starts the meta-agent's task unless the journal has it; returns the answer if it has that, too.
  private func begin(_ request: String) async throws(SandboxError) -> String? {
    try await runner.log.transact(actor: .meta) { state throws(SandboxError) in
      let task = state.tasks[.root]
      if let task, task.status == .completed { return ([], task.result ?? "") }
      var events: [SessionEvent] = []
      if task == nil {
        events.append(.taskCreated(TaskCreated(taskID: .root, parent: nil, agentID: .meta, prompt: request)))
      }
      if task?.transcript == nil {
        events.append(
          .taskStarted(
            TaskStarted(taskID: .root, model: model.name, system: system, prompt: request, tools: tools.toolIDs)))
      }
      return (events, nil)
    }
  }

  /// Records how the meta-agent's task ended. Tasks that are still open then, as steps of a plan that never came to
  /// their turn, have ended with it.
  private func end(_ status: TaskStatus, result: String? = nil, error: SandboxError? = nil) async throws(SandboxError) {
    let finished = TaskFinished(
      taskID: .root, status: status, result: result?.isEmpty == true ? nil : result,
      error: error.map { ErrorRecord($0) })
    try await runner.log.transact(actor: .meta) { state throws(SandboxError) in
      let open = state.delegatedTasks.filter { !$0.status.isFinal }.map(\.id).sorted()
      let dropped = ErrorRecord(code: .cancelled, message: "the session ended before this task did")
      let others = open.map { SessionEvent.taskFinished(TaskFinished(taskID: $0, status: .cancelled, error: dropped)) }
      return (others + [.taskFinished(finished)], ())
    }
  }
}
