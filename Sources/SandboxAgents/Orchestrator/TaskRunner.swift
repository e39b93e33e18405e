import SandboxCore
import SandboxTools

/// Runs tasks in sub-agents and records how they go. What the meta-agent's tools have in common.
struct TaskRunner: Sendable {
  static let resultNamespace = "results"
  private static let largestResult = 900_000

  let agents: [AgentID: SubAgent]
  let bus: ToolBus
  let meter: Meter
  /// The sub-agents that work at the same time.
  let width: PermitGate
  let started: Duration

  var log: SessionLog { meter.log }

  init(agents: [SubAgent], bus: ToolBus, meter: Meter) {
    self.agents = Dictionary(agents.map { ($0.profile.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.bus = bus
    self.meter = meter
    width = PermitGate(permits: meter.limits.maxConcurrentAgents)
    started = meter.time.monotonic()
  }

  static func resultKey(of task: TaskID) -> String { "tasks/\(task)" }

  func agent(_ id: AgentID) throws(SandboxError) -> SubAgent {
    guard let agent = agents[id] else {
      let known = agents.keys.sorted().map(\.rawValue).joined(separator: ", ")
      throw SandboxError(.notFound, "Agent \(id) not found; known agents: \(known)")
    }
    return agent
  }

  // MARK: - Creating

  /// The events that create tasks which are not there yet, for use inside a decision.
  ///
  /// - Throws: `.limitExceeded` for a task too deep, which is the caller's mistake, and for one too many, for which the
  ///   session stops.
  func creation(of orders: [TaskOrder], in state: SessionState) throws(SandboxError) -> [SessionEvent] {
    let new = orders.filter { state.tasks[$0.id] == nil }
    guard let first = new.first else { return [] }
    let limits = meter.limits
    let depth = (state.tasks[first.parent]?.depth ?? 0) + 1
    guard depth <= limits.maxDelegationDepth else {
      throw SandboxError(
        .limitExceeded,
        "delegation is \(limits.maxDelegationDepth) levels deep at most; do this task with your own tools")
    }
    let count = state.tasks.count - (state.tasks[.root] == nil ? 0 : 1)
    guard new.count <= limits.maxTasks - count else {
      let detail =
        "delegation limit reached: \(limits.maxTasks) tasks in the session, \(count) exist and "
        + "\(first.parent) asked for \(new.count) more"
      meter.stop.requestStop(StopReason(.delegation, detail: detail))
      throw SandboxError(.limitExceeded, detail)
    }
    return new.map { $0.created(limit: agents[$0.agentID]?.profile.limits.budget ?? .none) }
  }

  // MARK: - Running

  /// Runs a task that has been created, to its end; a task that has ended already, in an earlier run of the session, is
  /// not run again.
  ///
  /// - Parameter prompt: the first message that the agent sees.
  /// - Throws: only `.cancelled` and `.io`; a failing agent is an outcome.
  func run(_ order: TaskOrder, prompt: String) async throws(SandboxError) -> TaskOutcome {
    if let outcome = log.read({ $0.tasks[order.id].flatMap(TaskOutcome.init) }) { return outcome }
    let agent: SubAgent
    do throws(SandboxError) {
      agent = try self.agent(order.agentID)
    } catch {
      return try await finish(order, TaskOutcome(.failed, error: ErrorRecord(error)))
    }
    do {
      return try await width.withPermit { try await run(order, prompt: prompt, agent) }
    } catch {
      let error = SandboxError.wrap(error)
      // A session that does not stop is one that pauses: its tasks stay open to be resumed.
      if error.code == .cancelled, meter.stop.reason != nil {
        _ = try await finish(order, TaskOutcome(.cancelled, error: ErrorRecord(error)))
      }
      throw error
    }
  }

  private func run(_ order: TaskOrder, prompt: String, _ agent: SubAgent) async throws(SandboxError) -> TaskOutcome {
    if let reason = meter.stop.reason {
      throw SandboxError(.cancelled, "the session is stopping: \(reason.detail)")
    }
    if log.read({ $0.tasks[order.id]?.transcript == nil }) {
      try await log.append(
        [
          .taskStarted(
            TaskStarted(
              taskID: order.id, model: agent.model.name, system: agent.system, prompt: prompt,
              tools: agent.tools.toolIDs)),
          .announced(
            Announcement(
              "task_start",
              [
                "taskId": .string(order.id.rawValue), "agentId": .string(order.agentID.rawValue),
                "task": .string(order.task.cut(to: 500)),
              ])),
        ], actor: order.agentID)
    }
    let loop = AgentLoop(
      taskID: order.id, model: agent.model, tools: agent.tools, bus: bus, log: log, maxIterations: agent.maxIterations)
    do throws(SandboxError) {
      return try await finish(order, TaskOutcome(try await loop.run()))
    } catch {
      if error.code == .cancelled || error.code == .io { throw error }
      let known = log.read { $0.tasks[order.id]?.transcript?.known } ?? ""
      return try await finish(order, TaskOutcome(.failed, text: known, error: ErrorRecord(error)))
    }
  }

  // MARK: - Ending

  /// Records how a task ended, its result on the blackboard and the session's figures, in one commit.
  @discardableResult
  func finish(_ order: TaskOrder, _ outcome: TaskOutcome) async throws(SandboxError) -> TaskOutcome {
    let text = outcome.text.cut(to: Self.largestResult)
    let now = meter.time.wallMilliseconds()
    let uptime = meter.time.monotonic() - started
    return try await log.transact(actor: order.agentID) { state throws(SandboxError) in
      if let earlier = state.tasks[order.id].flatMap(TaskOutcome.init) { return ([], earlier) }
      var events: [SessionEvent] = [
        .taskFinished(
          TaskFinished(
            taskID: order.id, status: outcome.status, result: text.isEmpty ? nil : text, error: outcome.error))
      ]
      if !text.isEmpty {
        let key = BlackboardKey(Self.resultNamespace, Self.resultKey(of: order.id))
        let present = state.blackboardEntry(key)
        events.append(
          .blackboardWritten(
            BlackboardEntry(
              namespace: key.namespace, key: key.key, value: .string(text), version: (present?.version ?? 0) + 1,
              agentID: order.agentID, metadata: ["status": .string(outcome.status.rawValue)],
              createdAt: present?.createdAt ?? now, updatedAt: now)))
      }
      var data: JSONObject = [
        "taskId": .string(order.id.rawValue), "agentId": .string(order.agentID.rawValue),
        "status": .string(outcome.status.rawValue),
      ]
      if !text.isEmpty { data["result"] = .string(text.cut(to: 500)) }
      if let error = outcome.error { data["error"] = .string(error.message) }
      events.append(.announced(Announcement("task_end", .object(data))))
      let report = ProgressReport(uptime: uptime, metrics: state.metrics, ending: outcome.status)
      events.append(.announced(report.announcement))
      return (events, outcome)
    }
  }
}
