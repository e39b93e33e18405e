import SandboxAgents
import SandboxCore
import SandboxTools

/// A session without its lifecycle: log, limits, bus and meter, in memory.
struct Fixture {
  let journal = InMemoryJournal()
  let log: SessionLog
  let stop = StopControl()
  let clock = FastTime()
  let limits: ExecutionLimits
  let deadline: Deadline
  let bus: ToolBus
  let meter: Meter

  init(
    limits: ExecutionLimits = ExecutionLimits(), budget: BudgetLimit = .none, holdback: Amount = .zero,
    duration: Duration = .seconds(100_000), redactor: Redactor = .shapesOnly
  ) async throws {
    var limits = limits
    if let cost = budget.cost { limits.costLimit = cost }
    if let tokens = budget.tokens { limits.tokenLimit = tokens }
    self.limits = limits
    let time = clock.source
    log = SessionLog(journal: journal, time: time, redactor: redactor)
    deadline = Deadline(after: duration, time: time)
    let calls = CallRateGate(callsPerMinute: limits.maxCallsPerMinute, time: time)
    bus = ToolBus(log: log, limits: limits, deadline: deadline, callGate: calls, time: time, stop: stop)
    meter = Meter(
      log: log, stop: stop, limits: limits, deadline: deadline, calls: calls, governor: RateGovernor(time: time),
      time: time, retry: RetryPolicy(random: { 0 }))
    try await log.append(
      .sessionCreated(
        SessionCreated(
          sessionID: SessionID("s1"), workspaceID: "w", sandboxID: "b", userID: "u", mode: "custom",
          request: "the request", model: "test", limits: limits, budget: budget, holdback: holdback, program: "test",
          configurationDigest: "")))
  }

  /// The same session in another process.
  init(resuming records: [EventRecord], limits: ExecutionLimits = ExecutionLimits()) async throws {
    self.limits = limits
    let time = clock.source
    log = SessionLog(journal: journal, resuming: SessionState.fold(records), time: time)
    deadline = Deadline(after: .seconds(1_000), time: time)
    let calls = CallRateGate(callsPerMinute: nil, time: time)
    bus = ToolBus(log: log, limits: limits, deadline: deadline, callGate: calls, time: time, stop: stop)
    meter = Meter(
      log: log, stop: stop, limits: limits, deadline: deadline, calls: calls, governor: RateGovernor(time: time),
      time: time, retry: RetryPolicy(random: { 0 }))
  }

  func metered(_ model: any LanguageModel, facts: ModelFacts = .free) -> MeteredModel {
    MeteredModel(ResolvedModel(model: model, facts: facts), meter: meter)
  }

  /// Starts a task by hand.
  func start(_ task: TaskID, agent: AgentID = .meta, parent: TaskID? = nil, limit: BudgetLimit = .none) async throws {
    try await log.append([
      .taskCreated(TaskCreated(taskID: task, parent: parent, agentID: agent, prompt: "Do it.", limit: limit)),
      .taskStarted(TaskStarted(taskID: task, model: "test", system: "Be good.", prompt: "Do it.", tools: [])),
    ])
  }

  func loop(
    _ task: TaskID = .root, model: any LanguageModel, tools: [ToolDefinition] = [], maxIterations: Int = 100
  ) -> AgentLoop {
    AgentLoop(
      taskID: task, model: metered(model), tools: ToolOffer(tools), bus: bus, log: log, maxIterations: maxIterations)
  }

  /// Puts a tool on the bus that does what `body` says.
  @discardableResult
  func tool(
    _ name: String, category: String = "research", cost: Money = .zero,
    _ body: @escaping @Sendable (ToolInvocation) async throws(SandboxError) -> String
  ) async throws -> ToolDefinition {
    // Untimed: on the fast clock a timeout would pass while the tool has hardly begun.
    let definition = ToolDefinition(
      id: ToolID(name), description: "the tool \(name)", category: category,
      parameters: ["type": "object", "properties": ["text": ["type": "string"]]], effect: .pure, costPerRequest: cost,
      traits: .untimed)
    try await bus.register(definition, executor: ClosureTool(body: body))
    return definition
  }

  @discardableResult
  func echo(_ name: String = "echo", category: String = "research") async throws -> ToolDefinition {
    try await tool(name, category: category) { invocation throws(SandboxError) in
      invocation.arguments["text"]?.stringValue ?? ""
    }
  }

  func events() async -> [SessionEvent] { await journal.records.map(\.event) }

  /// Whether the journal, folded again, is what the session is.
  func isConsistent() async -> Bool {
    let records = await journal.records
    return SessionState.fold(records) == log.current
  }
}

struct ClosureTool: ToolExecutor {
  let body: @Sendable (ToolInvocation) async throws(SandboxError) -> String

  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    ToolOutput(text: try await body(invocation))
  }
}
