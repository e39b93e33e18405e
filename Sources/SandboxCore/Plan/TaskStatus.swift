package enum TaskStatus: String, Sendable, Codable, Hashable {
  case pending, running, completed, failed, cancelled
  /// Not run because something it depends on failed.
  case skipped

  package var isFinal: Bool { self != .pending && self != .running }
}
