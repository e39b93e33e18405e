import SandboxCore

/// The circuit breaker of one other side. After a number of failures in a row it is open: calls are refused. When the
/// cool-down is over one call is let through to find out; the circuit closes when it succeeds, and cools down for
/// twice as long when it fails.
///
/// A value without a clock: times are on the session's monotonic clock.
struct Circuit: Sendable {
  enum Phase: Sendable, Hashable {
    case closed
    case open(until: Duration)
    /// Everybody waits for what this call finds out.
    case halfOpen(probe: CallID)
  }

  enum Answer: Sendable, Hashable {
    case pass
    /// This call finds out whether the other side is well again.
    case probe
    /// Nil: when the probe has ended.
    case refuse(next: Duration?)
  }

  enum Change: String, Sendable, Hashable {
    case open = "circuit_open"
    case halfOpen = "circuit_half_open"
    case closed = "circuit_closed"
  }

  /// A call that has ended, in this run of the session or in an earlier one.
  struct Ending: Sendable {
    let call: CallID
    let health: ToolHealth
    let began: Duration
    let ended: Duration
  }

  /// The longest time between two probes, unless a tool's own first cool-down is longer.
  static let maximumCoolDown = Duration.seconds(300)

  private(set) var phase = Phase.closed
  /// In a row.
  private(set) var failures = 0
  private(set) var lastFailure = ""
  private(set) var coolDown = Duration.zero

  mutating func admit(_ call: CallID, at now: Duration) -> Answer {
    switch phase {
    case .closed: return .pass
    case .halfOpen(let probe): return probe == call ? .pass : .refuse(next: nil)
    case .open(let until) where now < until: return .refuse(next: until - now)
    case .open:
      phase = .halfOpen(probe: call)
      return .probe
    }
  }

  /// Takes in how a call ended. Calls that began before the circuit opened change nothing any more.
  mutating func note(_ health: ToolHealth, of call: CallID, _ breaker: ToolDefinition.Breaker, at now: Duration)
    -> Change?
  {
    let isProbe = phase == .halfOpen(probe: call)
    guard phase == .closed || isProbe else { return nil }
    switch health {
    case .unknown: return nil
    case .well:
      self = Circuit()
      return isProbe ? .closed : nil
    case .unwell(let message):
      failures += 1
      lastFailure = message
      guard isProbe || failures >= breaker.failures else { return nil }
      coolDown = isProbe ? max(coolDown, min(coolDown * 2, Self.maximumCoolDown)) : breaker.coolDown
      phase = .open(until: now + coolDown)
      return .open
    }
  }

  /// A probe that ended without finding anything out leaves its place to the next call.
  mutating func release(_ call: CallID, at now: Duration) {
    if phase == .halfOpen(probe: call) { phase = .open(until: now) }
  }

  /// Takes in a call of an earlier run of the session.
  mutating func recall(_ ending: Ending, _ breaker: ToolDefinition.Breaker) {
    if case .open(let until) = phase, ending.began >= until { phase = .halfOpen(probe: ending.call) }
    _ = note(ending.health, of: ending.call, breaker, at: ending.ended)
    release(ending.call, at: ending.ended)
  }
}

extension Circuit.Ending {
  /// The calls of a session's earlier runs by tool.
  static func past(_ state: SessionState, _ time: TimeSource) -> [ToolID: [Self]] {
    let now = time.monotonic()
    let wall = time.wallMilliseconds()
    // Wall clocks jump: nothing has happened in the future.
    func instant(_ milliseconds: Int64) -> Duration {
      now - .milliseconds(max(0, wall.subtractingSaturating(milliseconds)))
    }
    var result: [ToolID: [Self]] = [:]
    for id in state.executionOrder {
      guard let execution = state.executions[id], execution.attempts > 0, let end = execution.endedAt else { continue }
      let health = ToolHealth(execution.status, execution.error)
      if health == .unknown { continue }
      result[execution.toolID, default: []].append(
        Self(call: id, health: health, began: instant(execution.startedAt), ended: instant(end)))
    }
    return result
  }
}
