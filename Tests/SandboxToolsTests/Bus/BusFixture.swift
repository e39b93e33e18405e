import SandboxCore
import Synchronization
import Testing

@testable import SandboxTools

/// A bus on a journal in memory.
struct BusFixture {
  let journal = InMemoryJournal()
  let log: SessionLog
  let stop = StopControl()
  let bus: ToolBus

  init(
    limits: ExecutionLimits = ExecutionLimits(), budget: BudgetLimit = .none, time: TimeSource = .system,
    deadline: Duration = .seconds(1800), resuming state: SessionState = SessionState(),
    observers: [SessionLog.Observer] = [], outputs: (any BlobStore)? = nil,
    jitter: @escaping @Sendable (CallID, Int) -> Double = { _, _ in 0 }
  ) async throws {
    log = SessionLog(journal: journal, resuming: state, time: time, observers: observers)
    if state.session == nil {
      let session = SessionCreated(
        sessionID: "s".asID(), workspaceID: "w", sandboxID: "b", userID: "u", mode: "custom", request: "",
        model: "offline",
        limits: limits, budget: budget, holdback: .zero, program: "test", configurationDigest: "")
      try await log.append(.sessionCreated(session))
    }
    bus = ToolBus(
      log: log, limits: limits, deadline: Deadline(after: deadline, time: time),
      callGate: CallRateGate(callsPerMinute: limits.maxCallsPerMinute, time: time), time: time, stop: stop,
      outputs: outputs.map { [log] in OutputKeeper(log: log, blobs: $0, time: time) }, jitter: jitter)
  }

  func add(
    _ id: String, parameters: JSONValue = ["type": "object"], effect: ToolEffect = .unsafe,
    returns: JSONValue? = nil, rateLimit: ToolDefinition.RateLimit? = nil, cost: Money = .zero,
    timeout: Duration? = nil, approval: ToolApproval = .never, fallback: [String] = [],
    traits: ToolDefinition.Traits = [], group: String? = nil, breaker: ToolDefinition.Breaker? = nil,
    hedge: Duration? = nil,
    _ body: @escaping @Sendable (ToolInvocation) async throws(SandboxError) -> ToolOutput = { _ in
      ToolOutput(text: "ok")
    }
  ) async throws {
    let definition = ToolDefinition(
      id: id.asID(), description: "for a test", category: "research", parameters: parameters,
      returns: returns, effect: effect, rateLimit: rateLimit, costPerRequest: cost, timeout: timeout,
      approval: approval, fallback: fallback, traits: traits, group: group, breaker: breaker, hedge: hedge)
    try await bus.register(definition, executor: ClosureExecutor(body: body))
  }

  func call(_ tool: String, _ arguments: String = "{}", id: String = "root/1.0", task: TaskID = .root) -> ToolCall {
    ToolCall(id: id.asID(), taskID: task, agentID: .meta, tool: tool, arguments: arguments)
  }

  @discardableResult
  func run(_ tool: String, _ arguments: String = "{}", id: String = "root/1.0") async throws -> ToolCallResult {
    try await bus.execute(call(tool, arguments, id: id))
  }

  /// A call that a model has made in its transcript.
  func transcriptCall(_ tool: String) async throws -> ToolCall {
    let call = call(tool)
    let request = ToolCallRequest(id: call.id, providerID: "p", name: tool, arguments: call.arguments)
    try await log.append([
      .taskCreated(TaskCreated(taskID: .root, parent: nil, agentID: .meta, prompt: "")),
      .taskStarted(TaskStarted(taskID: .root, model: "m", system: "", prompt: "", tools: [])),
      .modelCallStarted(
        ModelCallStarted(
          callID: "root/1".asID(), taskID: .root, agentID: .meta, model: "m", step: 1, attempt: 1, reservation: .zero)),
      .modelCallCompleted(
        ModelCallCompleted(
          callID: "root/1".asID(), taskID: .root, message: AssistantMessage(text: "", toolCalls: [request]),
          finishReason: "tool_calls", usage: TokenUsage(), cost: .zero, requestID: nil, durationMilliseconds: 1)),
    ])
    return call
  }

  /// The journal without the session's creation.
  func events() async -> [SessionEvent] { await journal.records.dropFirst().map(\.event) }

  func types() async -> [String] { await events().map(\.type) }

  func announcements(_ type: String) async -> [JSONValue] {
    await events().compactMap { event in
      if case .announced(let announcement) = event, announcement.type == type { announcement.data } else { nil }
    }
  }
}

struct ClosureExecutor: ToolExecutor {
  let body: @Sendable (ToolInvocation) async throws(SandboxError) -> ToolOutput

  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput { try await body(invocation) }
}

/// Waits until something is so, in whatever time the machine needs.
func eventually(
  within limit: Duration = .seconds(60), _ condition: () async -> Bool, _ location: SourceLocation = #_sourceLocation
) async {
  let end = ContinuousClock.now + limit
  while await !condition() {
    guard ContinuousClock.now < end else {
      Issue.record("did not happen", sourceLocation: location)
      return
    }
    try? await Task.sleep(for: .milliseconds(1))
  }
}

/// A number that many tasks change.
final class Counter: Sendable {
  private let state = Mutex((value: 0, peak: 0))

  var value: Int { state.withLock { $0.value } }
  var peak: Int { state.withLock { $0.peak } }

  @discardableResult
  func add(_ change: Int = 1) -> Int {
    state.withLock { state in
      state.value += change
      state.peak = max(state.peak, state.value)
      return state.value
    }
  }
}

/// A list that many tasks append to.
final class Recorder<Value: Sendable>: Sendable {
  private let state = Mutex<[Value]>([])

  var values: [Value] { state.withLock { $0 } }

  func append(_ value: Value) { state.withLock { $0.append(value) } }
}

extension String {
  func asID<Kind>() -> Identifier<Kind> { Identifier(self) }
}
