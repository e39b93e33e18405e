import Synchronization

/// What an object does beside those who call it: a call starts it, and it ends with the object and not with the call.
///
/// This is the one place where tasks without a scope are made. Whoever owns one of these can wait until nothing of it goes
/// on any more, and does so before saying that it has ended.
package final class BackgroundWork: Sendable {
  private struct State {
    var tasks: [UInt64: Task<Void, Never>] = [:]
    var started: UInt64 = 0
    var isCancelled = false
  }

  private let state = Mutex(State())

  package init() {}

  /// Nobody is left who could wait, so it is only told to stop.
  deinit { cancel() }

  /// Starts some work, which goes on when the calling task ends or is cancelled. Nothing after ``cancel()``.
  package func start(_ work: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      guard !state.isCancelled else { return }
      state.started += 1
      // Under the lock, so that its end is not noted before its beginning.
      state.tasks[state.started] = Task { [weak self, id = state.started] in
        await work()
        self?.state.withLock { $0.tasks[id] = nil }
      }
    }
  }

  /// Tells all of it to stop, and lets nothing more begin. Returns at once.
  package func cancel() {
    let tasks = state.withLock { state in
      state.isCancelled = true
      return Array(state.tasks.values)
    }
    for task in tasks { task.cancel() }
  }

  /// Returns when nothing goes on, also in a task that is cancelled: what has been started is waited for to its end.
  package func wait() async {
    while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
  }

  /// Tells all of it to stop, and returns when it has.
  package func end() async {
    cancel()
    await wait()
  }
}
