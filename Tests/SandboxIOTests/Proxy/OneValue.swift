import SandboxCore
import Synchronization

/// A value that a test waits for.
final class OneValue<Value: Sendable>: Sendable {
  private let held = Mutex<Value?>(nil)
  private let changes = ChangeSignal()

  func set(_ value: Value) {
    held.withLock { $0 = value }
    changes.notify()
  }

  /// Nil when the task was cancelled.
  var value: Value? {
    get async {
      while !Task.isCancelled {
        let generation = changes.generation
        if let value = held.withLock({ $0 }) { return value }
        await changes.wait(after: generation)
      }
      return nil
    }
  }
}
