package import SandboxCore
import SandboxSchema
import Synchronization

/// The one way to a tool: looks it up, checks the arguments, admits the call under the session's limits, records it
/// before and after, and runs it with timeout and retries.
///
/// The actor holds the tools and the table of calls in flight; waiting and executors run outside it.
package actor ToolBus {
  nonisolated let log: SessionLog
  nonisolated let limits: ExecutionLimits
  nonisolated let deadline: Deadline
  nonisolated let callGate: CallRateGate
  nonisolated let time: TimeSource
  nonisolated let stop: StopControl
  nonisolated let permits: PermitGate
  nonisolated let retries: RetrySchedule
  nonisolated let policy: Policy
  nonisolated let failures: Mutex<RepeatedFailures>
  nonisolated let outputs: OutputKeeper?

  private var registry = ToolRegistry()
  private var flights: [CallID: ToolCallInFlight] = [:]
  private var groups: [String: ToolGroup] = [:]
  private var quarantined: [ToolID: String] = [:]
  private var isShutDown = false
  /// What the tools did in earlier runs of the session.
  private let past: [ToolID: [Circuit.Ending]]

  /// - Parameters:
  ///   - outputs: keeps what tools return and a model does not read as a whole; nil: nobody does.
  ///   - jitter: a number from -1 to 1 for an attempt of a call, by which retries are moved.
  package init(
    log: SessionLog, limits: ExecutionLimits, deadline: Deadline, callGate: CallRateGate, time: TimeSource,
    stop: StopControl, policy: Policy = .manifestsOnly, outputs: OutputKeeper? = nil,
    jitter: @escaping @Sendable (CallID, Int) -> Double = RetrySchedule.hashedJitter
  ) {
    self.log = log
    self.limits = limits
    self.deadline = deadline
    self.callGate = callGate
    self.time = time
    self.stop = stop
    permits = PermitGate(permits: limits.maxConcurrentTools)
    retries = RetrySchedule(jitter: jitter)
    self.policy = policy
    self.outputs = outputs
    failures = Mutex(log.read { RepeatedFailures($0) })
    past = log.read { Circuit.Ending.past($0, time) }
  }

  // MARK: - Tools

  /// Puts a tool on the bus.
  ///
  /// - Throws: `.alreadyExists` when its id or name is taken, also when they differ only in case; `.invalidArgument` or
  ///   `.unsupported` for a schema that cannot be checked; `.invalidState` after ``shutdown()``.
  package func register(_ definition: ToolDefinition, executor: any ToolExecutor) throws(SandboxError) {
    if isShutDown { throw SandboxError(.invalidState, "tool \(definition.id): the tool bus is shut down") }
    let group = groups[definition.group] ?? ToolGroup(width: limits.maxConcurrentTools)
    try registry.add(ToolRegistration(definition, executor, group))
    groups[definition.group] = group
    group.recall(past[definition.id] ?? [], definition.breaker ?? .standard)
  }

  /// Refuses all calls of a tool from now on, with this reason; it stays on the list. Calls under way go on.
  package func quarantine(_ tool: ToolID, reason: String) { quarantined[tool] = reason }

  /// Ends a quarantine.
  package func release(_ tool: ToolID) { quarantined[tool] = nil }

  package func definition(_ idOrName: String) -> ToolDefinition? { registry.tool(idOrName)?.definition }

  /// The tools of these categories, in the order in which they were registered.
  package func definitions(inCategories categories: Set<String>) -> [ToolDefinition] {
    listTools().filter { categories.contains($0.category) }
  }

  /// All tools in the order in which they were registered.
  package func listTools() -> [ToolDefinition] { registry.tools.map(\.definition) }

  /// Calls without a result, oldest first.
  package func callsInFlight() -> [ToolCallInFlight] {
    flights.values.sorted { ($0.since, $0.callID) < ($1.since, $1.callID) }
  }

  /// Calls that wait for one of the session's tool permits.
  nonisolated package var callsWaiting: Int { permits.waiting }

  /// Takes all tools off the bus. New calls fail and are not recorded; those in flight end with their callers.
  package func shutdown() {
    isShutDown = true
    registry = ToolRegistry()
    groups = [:]
  }

  // MARK: - For a call on its way

  func tool(_ idOrName: String) -> ToolRegistration? { registry.tool(idOrName) }

  /// The tool that a call asks for.
  func lookUp(_ idOrName: String) throws(SandboxError) -> ToolRegistration {
    guard let tool = registry.tool(idOrName) else {
      throw SandboxError(.notFound, "Tool \(ToolText(idOrName, limit: 256).text) not found")
    }
    if let reason = quarantined[tool.definition.id] {
      throw SandboxError(.rejected, "\(tool.definition.id) is not called any more: \(reason)")
    }
    return tool
  }

  /// The next tool that takes these arguments, can be paid for and so can be called instead: first those that the tool of the call itself
  /// names, in its order, then those that they name.
  func alternative(in chain: FallbackChain, _ arguments: JSONValue) -> ToolID? {
    guard let root = registry.tool(chain.root.tool), let present = registry.tool(chain.call.tool) else { return nil }
    var tools = [root]
    var seen: Set = [root.definition.id]
    let tried = Set(chain.failures.map(\.tool) + [present.definition.id])
    var index = 0
    while index < tools.count {
      for name in tools[index].definition.fallback {
        guard let tool = registry.tool(name), seen.insert(tool.definition.id).inserted else { continue }
        if !tried.contains(tool.definition.id), tool.schema.validate(arguments).isEmpty,
          canPay(for: tool.definition, chain.root.taskID)
        {
          return tool.definition.id
        }
        tools.append(tool)
      }
      index += 1
    }
    return nil
  }

  private func canPay(for tool: ToolDefinition, _ account: TaskID) -> Bool {
    let admission = log.read { $0.budget.admission(of: Amount(cost: tool.costPerRequest), for: account) }
    if case .refused = admission { return false }
    return true
  }

  /// Enters the call into the table of calls in flight.
  func begin(_ call: ToolCall) throws(SandboxError) {
    if isShutDown { throw SandboxError(.invalidState, "the tool bus is shut down; no tool can be called any more") }
    if flights[call.id] != nil {
      throw SandboxError(.alreadyExists, "the call \(call.id) is under way already; give each call an id of its own")
    }
    flights[call.id] = ToolCallInFlight(
      callID: call.id, agentID: call.agentID, tool: call.tool, since: time.monotonic())
  }

  func end(_ call: CallID) { flights[call] = nil }
}
