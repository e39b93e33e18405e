/// Where a session is. The terminal phases say why it ended; tearing down is a separate overlay, so that it can never
/// overwrite them. The raw values are the names a supervisor and a cloud endpoint see.
package enum SessionPhase: String, Sendable, Codable, Hashable, CaseIterable {
  case pending
  case initializing
  case loadingTools = "loading_tools"
  case running
  case idle
  case paused
  case completing
  case completed
  case failed
  case cancelled
  case timedOut = "timed_out"
  case expired
  case terminated

  package var isTerminal: Bool {
    switch self {
    case .completed, .failed, .cancelled, .timedOut, .expired, .terminated: true
    default: false
    }
  }

  /// The transition table (requirements, 3.2).
  package var successors: Set<SessionPhase> {
    switch self {
    case .pending: [.initializing, .cancelled, .expired, .terminated, .failed]
    case .initializing: [.loadingTools, .failed, .cancelled, .timedOut, .terminated]
    case .loadingTools: [.running, .failed, .cancelled, .timedOut, .terminated]
    case .running: [.idle, .paused, .completing, .failed, .cancelled, .timedOut, .expired, .terminated]
    case .idle: [.running, .paused, .completing, .failed, .cancelled, .timedOut, .expired, .terminated]
    case .paused: [.running, .initializing, .failed, .cancelled, .expired, .terminated]
    case .completing: [.completed, .failed, .cancelled, .timedOut, .terminated]
    case .completed, .failed, .cancelled, .timedOut, .expired, .terminated: []
    }
  }
}

/// How far cleaning up is; independent of why the session ended.
package enum Teardown: String, Sendable, Codable, Hashable {
  case none, running, done, error
}
