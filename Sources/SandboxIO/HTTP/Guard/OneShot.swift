internal import Synchronization

/// A value that one task waits for and whoever comes first delivers.
final class OneShot<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case awaited(CheckedContinuation<Value, Never>)
    case fulfilled(Value)
  }

  private let state = Mutex(State.empty)

  /// Later values than the first are dropped.
  func fulfil(_ value: Value) {
    let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
      switch state {
      case .fulfilled: return nil
      case .empty:
        state = .fulfilled(value)
        return nil
      case .awaited(let continuation):
        state = .fulfilled(value)
        return continuation
      }
    }
    waiter?.resume(returning: value)
  }

  /// May be called once.
  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let present: Value? = state.withLock { state in
        if case .fulfilled(let value) = state { return value }
        state = .awaited(continuation)
        return nil
      }
      if let present { continuation.resume(returning: present) }
    }
  }
}
