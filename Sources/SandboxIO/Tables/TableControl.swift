import SandboxCore
import Synchronization

/// Tells work on another thread that its caller was cancelled.
final class TableControl: Sendable {
  private let cancelled = Atomic(false)

  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  func cancel() { cancelled.store(true, ordering: .relaxed) }

  func check() throws(SandboxError) {
    if isCancelled { throw SandboxError(.cancelled, "reading the tables was cancelled") }
  }
}
