import SandboxCore
import Synchronization

/// A clock on which sleeping takes no time: it moves to the end of the sleep at once, and remembers what was slept.
final class FastTime: Sendable {
  private let state = Mutex<(now: Duration, sleeps: [Duration], limit: Duration?)>((.seconds(1_000), [], nil))

  var now: Duration { state.withLock { $0.now } }
  var sleeps: [Duration] { state.withLock { $0.sleeps } }

  /// From now on a sleep of at least this lasts until it is cancelled: whatever it is raced against has all the time.
  func hold(sleepsFrom limit: Duration) { state.withLock { $0.limit = limit } }

  func advance(by duration: Duration) { state.withLock { $0.now += duration } }

  var source: TimeSource {
    TimeSource(
      monotonic: { self.now },
      wallMilliseconds: { 1_700_000_000_000 + self.now.milliseconds },
      sleep: { duration in
        let (end, isHeld) = self.state.withLock { state in
          state.sleeps.append(duration)
          return (state.now + duration, state.limit.map { duration >= $0 } ?? false)
        }
        if isHeld { try await Task.sleep(for: .seconds(86_400)) }
        await Task.yield()
        try Task.checkCancellation()
        self.state.withLock { $0.now = max($0.now, end) }
      })
  }
}
