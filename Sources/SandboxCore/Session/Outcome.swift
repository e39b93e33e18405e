/// How a session ended: the facts from which the exit code follows. Written once.
package struct Outcome: Sendable, Hashable, Codable {
  /// Nil when the work was done.
  package let stop: StopReason?
  /// The meta-agent's answer stands, though tasks failed.
  package let failedTasks: Int
  /// Everything the endpoint should have has been acknowledged by it.
  package let isSynced: Bool

  package init(stop: StopReason?, failedTasks: Int = 0, isSynced: Bool) {
    self.stop = stop
    self.failedTasks = failedTasks
    self.isSynced = isSynced
  }

  package var phase: SessionPhase { stop?.phase ?? .completed }

  /// The outcome's name in `status.json`, `result.json` and the last event.
  package var name: String {
    switch stop?.kind {
    case nil: isSynced ? (failedTasks > 0 ? "partial" : "completed") : (failedTasks > 0 ? "partial" : "unsynced")
    case .hangup, .interrupt, .terminate: "cancelled"
    case .duration: "timed_out"
    case .cost, .tokens: "cost_limit"
    case .iterations, .loop, .delegation: "step_limit"
    case .failure: "failed"
    case .data: "data"
    case .unavailable: "unavailable"
    case .refused: "isolation"
    case .io: "io"
    case .internalError: "internal"
    }
  }

  /// The process's exit code: a pure function of the facts (contract, 4).
  package var exitCode: ExitCode {
    switch stop?.kind {
    case nil: failedTasks > 0 ? .partial : (isSynced ? .completed : .unsynced)
    case .hangup: .hangup
    case .interrupt: .interrupted
    case .terminate: .terminated
    case .duration: .timedOut
    case .cost, .tokens: .costLimit
    case .iterations, .loop, .delegation: .stepLimit
    case .failure: .failed
    case .data: .data
    case .unavailable: .unavailable
    case .refused: .isolation
    case .io: .io
    case .internalError: .internalError
    }
  }
}
