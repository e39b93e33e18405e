import Synchronization

/// A flag that any thread may raise.
final class RaisedFlag: Sendable {
  private let state = Mutex(false)

  var isRaised: Bool { state.withLock { $0 } }

  /// Whether it was down until now.
  func raise() -> Bool {
    state.withLock { isRaised in
      defer { isRaised = true }
      return !isRaised
    }
  }

  func lower() { state.withLock { $0 = false } }
}
