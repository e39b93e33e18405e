/// The exit codes a supervisor acts on (contract, 4).
package enum ExitCode: Int32, Sendable, Codable, CaseIterable {
  case completed = 0
  case failed = 1
  case usage = 64
  case data = 65
  case unavailable = 69
  case internalError = 70
  case io = 74
  case temporary = 75
  case isolation = 77
  case config = 78
  case partial = 80
  case costLimit = 81
  case stepLimit = 82
  case unsynced = 83
  case timedOut = 124
  case hangup = 129
  case interrupted = 130
  case terminated = 143

  /// The code for a supervisor that knows only success and failure (`AGENT_EXIT_CODES=simple`).
  package var simple: Int32 { self == .completed ? 0 : 1 }
}
