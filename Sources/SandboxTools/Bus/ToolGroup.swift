import SandboxCore
import Synchronization

/// Tools with the same other side: they are switched off and slowed down together.
final class ToolGroup: Sendable {
  private struct Guarded {
    var circuit = Circuit()
    /// Calls of earlier runs; nil once a call was made in this one.
    var past: [(Circuit.Ending, ToolDefinition.Breaker)]? = []
  }

  let gate: AdaptiveGate
  private let guarded = Mutex(Guarded())

  init(width: Int) { gate = AdaptiveGate(width: width) }

  var circuit: Circuit { guarded.withLock { $0.circuit } }

  /// Takes in the calls that one of its tools has had in earlier runs of the session.
  func recall(_ endings: [Circuit.Ending], _ breaker: ToolDefinition.Breaker) {
    guarded.withLock { guarded in
      guard !endings.isEmpty, var past = guarded.past else { return }
      past += endings.map { ($0, breaker) }
      past.sort { ($0.0.ended, $0.0.call) < ($1.0.ended, $1.0.call) }
      guarded.past = past
      guarded.circuit = Circuit()
      for (ending, breaker) in past { guarded.circuit.recall(ending, breaker) }
    }
  }

  func admit(_ call: CallID, at now: Duration) -> Circuit.Answer {
    guarded.withLock { guarded in
      guarded.past = nil
      return guarded.circuit.admit(call, at: now)
    }
  }

  func note(_ health: ToolHealth, of call: CallID, _ breaker: ToolDefinition.Breaker, at now: Duration)
    -> Circuit.Change?
  {
    guarded.withLock { $0.circuit.note(health, of: call, breaker, at: now) }
  }

  func release(_ call: CallID, at now: Duration) { guarded.withLock { $0.circuit.release(call, at: now) } }

  func isProbe(_ call: CallID) -> Bool { circuit.phase == .halfOpen(probe: call) }

  /// Whether a call that is under way may still send something.
  func lets(_ call: CallID) -> Bool {
    let phase = circuit.phase
    return phase == .closed || phase == .halfOpen(probe: call)
  }
}
