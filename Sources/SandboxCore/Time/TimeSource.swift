/// The session's clock, injected: a monotonic reading for durations, a wall reading for records, and sleeping.
///
/// Durations are never computed from wall time, because a sandbox that is restored from a snapshot sees it jump.
package struct TimeSource: Sendable {
  /// Time since an arbitrary fixed point; never goes back, and stops for nothing.
  package let monotonic: @Sendable () -> Duration
  /// Milliseconds since 1970, for records only.
  package let wallMilliseconds: @Sendable () -> Int64
  /// Sleeps for the duration; throws `CancellationError` as soon as the task is cancelled.
  package let sleep: @Sendable (Duration) async throws -> Void

  package init(
    monotonic: @escaping @Sendable () -> Duration,
    wallMilliseconds: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.monotonic = monotonic
    self.wallMilliseconds = wallMilliseconds
    self.sleep = sleep
  }
}

extension Duration {
  /// Whole milliseconds, rounded down; saturates instead of overflowing.
  package var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    if overflow { return seconds < 0 ? .min : .max }
    return product &+ attoseconds / 1_000_000_000_000_000
  }

  package var secondsAsDouble: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
