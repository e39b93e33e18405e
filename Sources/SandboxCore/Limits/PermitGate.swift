import Synchronization

/// A fixed number of permits, given out in the order in which they were asked for.
///
/// A waiting task that is cancelled leaves the queue at once and takes no permit; a permit is always returned, also when
/// the work throws.
package final class PermitGate: Sendable {
  private struct Waiter {
    let id: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var free: Int
    var nextID: UInt64 = 0
    var waiters: [Waiter] = []
    var head = 0
  }

  package let permits: Int
  private let state: Mutex<State>

  package init(permits: Int) {
    self.permits = max(1, permits)
    state = Mutex(State(free: self.permits))
  }

  /// Permits that are in use now.
  package var inUse: Int { state.withLock { permits - $0.free } }

  /// Tasks that wait for a permit now.
  package var waiting: Int { state.withLock { $0.waiters.count - $0.head } }

  /// Runs `work` while holding a permit. Throws `.cancelled` when the task is cancelled while it waits.
  package func withPermit<R>(_ work: () async throws -> R) async throws -> R {
    try await acquire()
    defer { release() }
    return try await work()
  }

  private func acquire() async throws(SandboxError) {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let granted = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiters.append(Waiter(id: id, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      remove(id)?.resume(returning: false)
    }
    guard granted else { throw SandboxError(.cancelled, "cancelled while waiting for its turn") }
  }

  private func remove(_ id: UInt64) -> CheckedContinuation<Bool, Never>? {
    state.withLock { state in
      guard let index = state.waiters[state.head...].firstIndex(where: { $0.id == id }) else { return nil }
      return state.waiters.remove(at: index).continuation
    }
  }

  private func release() {
    let next: Waiter? = state.withLock { state in
      guard state.head < state.waiters.count else {
        state.free += 1
        return nil
      }
      let waiter = state.waiters[state.head]
      state.head += 1
      if state.head > 256, state.head * 2 > state.waiters.count {
        state.waiters.removeFirst(state.head)
        state.head = 0
      }
      return waiter
    }
    next?.continuation.resume(returning: true)
  }
}
