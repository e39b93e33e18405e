/// A point on the monotonic clock by which something must be over.
package struct Deadline: Sendable {
  private let end: Duration
  private let time: TimeSource

  package init(after duration: Duration, time: TimeSource) {
    end = time.monotonic() + duration
    self.time = time
  }

  /// What is left; zero when it has passed.
  package var remaining: Duration { max(.zero, end - time.monotonic()) }

  package var hasPassed: Bool { remaining == .zero }
}
