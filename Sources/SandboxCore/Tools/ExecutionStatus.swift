package enum ExecutionStatus: String, Sendable, Codable, Hashable {
  case executing, completed, failed, cancelled
  /// It was in flight when the runtime died, and must not be repeated.
  case unknown
}
