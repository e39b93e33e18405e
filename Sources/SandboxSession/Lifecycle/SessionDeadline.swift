import SandboxCore

/// The session's duration, of which a slice is kept back for a last answer and for sync.
struct SessionDeadline: Sendable {
  /// When work has to stop.
  let work: Deadline
  /// When everything has to be over.
  let whole: Deadline
  let duration: Duration

  init(_ duration: Duration, time: TimeSource) {
    self.duration = duration
    work = Deadline(after: duration - Self.slice(of: duration), time: time)
    whole = Deadline(after: duration, time: time)
  }

  /// A tenth, at most ten seconds.
  static func slice(of duration: Duration) -> Duration { min(duration / 10, .seconds(10)) }
}
