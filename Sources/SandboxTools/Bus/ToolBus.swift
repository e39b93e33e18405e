package import SandboxCore

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

  private var registry = ToolRegistry()
  private var flights: [CallID: ToolCallInFlight] = [:]
  private var failures: RepeatedFailures
  private var isShutDown = false

  /// - Parameter jitter: a number from -1 to 1 for an attempt of a call, by which retries are moved.
  package init(
    log: SessionLog, limits: ExecutionLimits, deadline: Deadline, callGate: CallRateGate, time: TimeSource,
    stop: StopControl, jitter: @escaping @Sendable (CallID, Int) -> Double = RetrySchedule.hashedJitter
  ) {
    self.log = log
    self.limits = limits
    self.deadline = deadline
    self.callGate = callGate
    self.time = time
    self.stop = stop
    permits = PermitGate(permits: limits.maxConcurrentTools)
    retries = RetrySchedule(jitter: jitter)
    failures = log.read { RepeatedFailures($0) }
  }

  // MARK: - Tools

  /// Puts a tool on the bus.
  ///
  /// - Throws: `.alreadyExists` when its id or name is taken, also when they differ only in case; `.invalidArgument` or
  ///   `.unsupported` for a schema of its arguments that cannot be checked; `.invalidState` after ``shutdown()``.
  package func register(_ definition: ToolDefinition, executor: any ToolExecutor) throws(SandboxError) {
    if isShutDown { throw SandboxError(.invalidState, "tool \(definition.id): the tool bus is shut down") }
    let schema: JSONSchema
    do throws(SandboxError) {
      schema = try JSONSchema(compiling: definition.parameters)
    } catch {
      throw SandboxError(error.code, "tool \(definition.id): \(error.message)", cause: error.cause)
    }
    try registry.add(
      ToolRegistration(
        definition: definition, executor: executor, schema: schema, rate: definition.rateLimit.map(ToolRateLimiter.init)
      ))
  }

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

  /// Takes all tools off the bus. New calls fail and are not recorded; those in flight end with their callers.
  package func shutdown() {
    isShutDown = true
    registry = ToolRegistry()
    failures = RepeatedFailures()
  }

  // MARK: - For a call on its way

  func tool(_ idOrName: String) -> ToolRegistration? { registry.tool(idOrName) }

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

  func exhaustedFailure(_ key: RepeatedFailures.Key) -> ErrorRecord? { failures.exhausted(key) }

  func note(_ key: RepeatedFailures.Key, _ status: ExecutionStatus, _ error: ErrorRecord?) {
    if !isShutDown { failures.note(key, status, error) }
  }
}
