import Synchronization

/// A number of permits, given out in the order in which they were asked for.
///
/// A waiting task that is cancelled leaves the queue at once and takes no permit; a permit is always returned, also when
/// the work throws.
package final class PermitGate: Sendable {
  fileprivate struct Waiter {
    let id: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  fileprivate struct State {
    var permits: Int
    /// Negative while more are in use than there are, after their number was lowered.
    var free: Int
    var nextID: UInt64 = 0
    var waiters: [Waiter] = []
    var head = 0
  }

  private let state: Mutex<State>

  package init(permits: Int) {
    let permits = max(1, permits)
    state = Mutex(State(permits: permits, free: permits))
  }

  package var permits: Int { state.withLock { $0.permits } }

  /// Permits that are in use now.
  package var inUse: Int { state.withLock { $0.permits - $0.free } }

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

  /// Changes the number of permits. Those that are out stay out: with fewer, none is given until enough came back.
  package func resize(to permits: Int) {
    let granted = state.withLock { state in
      let permits = max(1, permits)
      state.free += permits - state.permits
      state.permits = permits
      return state.grant()
    }
    for waiter in granted { waiter.resume(returning: true) }
  }

  private func release() {
    let granted = state.withLock { state in
      state.free += 1
      return state.grant()
    }
    for waiter in granted { waiter.resume(returning: true) }
  }
}

extension PermitGate.State {
  /// Gives the free permits to those that have waited longest.
  fileprivate mutating func grant() -> [CheckedContinuation<Bool, Never>] {
    var granted: [CheckedContinuation<Bool, Never>] = []
    while free > 0, head < waiters.count {
      granted.append(waiters[head].continuation)
      head += 1
      free -= 1
    }
    if head > 256, head * 2 > waiters.count {
      waiters.removeFirst(head)
      head = 0
    }
    return granted
  }
}
