internal import SandboxCore
internal import Synchronization

/// Decides when a connection has to end: when nobody touched it for too long, or when it is told to.
final class EgressWatch: Sendable {
  private struct State {
    var limit: Duration
    var since: Duration
    var isStopped = false
  }

  private let time: TimeSource
  private let state: Mutex<State>
  private let changes = ChangeSignal()

  init(_ limit: Duration, time: TimeSource) {
    self.time = time
    state = Mutex(State(limit: limit, since: time.monotonic()))
  }

  /// From now on, and until it is touched, there is so much time.
  func limit(_ limit: Duration) {
    state.withLock {
      $0.limit = limit
      $0.since = time.monotonic()
    }
    changes.notify()
  }

  /// Starts the time anew, because something has moved.
  func touch() { state.withLock { $0.since = time.monotonic() } }

  func stop() {
    state.withLock { $0.isStopped = true }
    changes.notify()
  }

  /// Returns when the connection has to end, or the task is cancelled.
  func untilOver() async {
    while !Task.isCancelled {
      let generation = changes.generation
      let left = state.withLock { $0.isStopped ? .zero : $0.limit - (time.monotonic() - $0.since) }
      guard left > .zero else { return }
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await self.time.sleep(left) }
        group.addTask { await self.changes.wait(after: generation) }
        await group.next()
        group.cancelAll()
      }
    }
  }
}
