import SandboxCore

/// Makes a state out of events, numbered as a journal would.
struct Events {
  private(set) var state = SessionState()
  private(set) var records: [EventRecord] = []

  mutating func add(_ events: SessionEvent...) {
    records = events.map { event in
      let record = EventRecord(
        sequence: state.sequence + 1, time: 1_000 + state.sequence, actor: "system", event: event)
      state.evolve(record)
      return record
    }
  }

  mutating func begin(cost: Int64? = nil, tokens: Int? = nil) {
    add(
      .sessionCreated(
        SessionCreated(
          sessionID: SessionID("s-1"), workspaceID: "w", sandboxID: "b", userID: "u", mode: "custom", request: "go",
          model: "m", limits: ExecutionLimits(),
          budget: BudgetLimit(cost: cost.map { Money(microdollars: $0) }, tokens: tokens), holdback: .zero,
          program: "p",
          configurationDigest: "d")),
      .stateChanged(Transition(from: .pending, to: .running, reason: "", actor: "")))
  }

  mutating func task(_ id: String, agent: String, _ prompt: String, step: String? = nil) {
    add(
      .taskCreated(
        TaskCreated(
          taskID: TaskID(id), parent: id == "root" ? nil : .root, agentID: AgentID(agent), prompt: prompt,
          planID: step == nil ? nil : "p", stepID: step)),
      .taskStarted(TaskStarted(taskID: TaskID(id), model: "m", system: "", prompt: prompt, tools: [])))
  }

  mutating func finish(_ id: String, _ status: TaskStatus) {
    add(.taskFinished(TaskFinished(taskID: TaskID(id), status: status)))
  }

  mutating func call(_ id: String, _ tool: String, _ arguments: JSONValue, reserving cost: Int64 = 0) {
    add(
      .toolCallStarted(
        ToolCallStarted(
          callID: CallID(id), taskID: .root, agentID: .meta, toolID: ToolID(tool), toolVersion: "1", category: "c",
          effect: .pure, arguments: arguments, parentCallID: nil,
          reservation: Amount(cost: Money(microdollars: cost)), maxRetries: 0)))
  }

  mutating func complete(_ id: String, _ status: ExecutionStatus = .completed, cost: Int64 = 0, error: String? = nil) {
    add(
      .toolCallCompleted(
        ToolCallCompleted(
          callID: CallID(id), taskID: .root, status: status, output: "",
          error: error.map { ErrorRecord(code: .toolFailed, message: $0) }, cost: Money(microdollars: cost),
          outputBytes: 0, isTruncated: false, durationMilliseconds: 1_234)))
  }
}
