import SandboxCore
import Synchronization

/// A clock that goes on only by being told. Sleeping is real, short and cancellable: it is for loops that poll.
final class ManualTime: Sendable {
  private let now = Mutex(Duration.seconds(5_000))

  var source: TimeSource {
    TimeSource(
      monotonic: { self.now.withLock { $0 } }, wallMilliseconds: { 1_700_000_000_000 },
      sleep: { _ in try await Task.sleep(for: .milliseconds(1)) })
  }

  func advance(_ duration: Duration) { now.withLock { $0 += duration } }
}
