/// How long `poll` may wait.
enum PollTimeout {
  /// Milliseconds until there is something to do anyway, rounded up; -1 is for ever, as for nil. At most a minute.
  static func milliseconds(until next: ContinuousClock.Instant?, from now: ContinuousClock.Instant) -> Int32 {
    guard let next else { return -1 }
    let (seconds, attoseconds) = min(max(.zero, next - now), .seconds(60)).components
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
