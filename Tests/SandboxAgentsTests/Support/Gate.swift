import SandboxCore
import Synchronization

/// Something that is opened once; waiting ends when it is, or when the task is cancelled.
final class Gate: Sendable {
  private let isOpen = Mutex(false)
  private let signal = ChangeSignal()

  func open() {
    isOpen.withLock { $0 = true }
    signal.notify()
  }

  func wait() async throws(SandboxError) {
    while true {
      let generation = signal.generation
      if isOpen.withLock({ $0 }) { return }
      if Task.isCancelled { throw SandboxError(.cancelled, "cancelled") }
      await signal.wait(after: generation)
    }
  }
}

/// A number that tests count with, and the most it ever was.
final class Counter: Sendable {
  private let state = Mutex<(now: Int, most: Int, total: Int)>((0, 0, 0))

  var now: Int { state.withLock { $0.now } }
  var most: Int { state.withLock { $0.most } }
  var total: Int { state.withLock { $0.total } }

  @discardableResult
  func enter() -> Int {
    state.withLock { state in
      state.now += 1
      state.total += 1
      state.most = max(state.most, state.now)
      return state.total
    }
  }

  func leave() { state.withLock { $0.now -= 1 } }
}
