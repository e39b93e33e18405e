import Dispatch
import SandboxCore
import Synchronization

/// Work that blocks or computes for long, off the threads that run Swift's tasks.
enum BlockingWork {
  /// Whether the task that waits for the work was cancelled; the work asks from time to time.
  final class Cancellation: Sendable {
    private let flag = Atomic(false)

    fileprivate func cancel() { flag.store(true, ordering: .relaxed) }

    var isRequested: Bool { flag.load(ordering: .relaxed) }

    func check() throws(SandboxError) {
      if isRequested { throw SandboxError(.cancelled, "cancelled") }
    }
  }

  /// Returns when the work has ended. Cancelling the task sets the flag that the work checks; it ends nothing by
  /// itself.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let cancellation = Cancellation()
    let result: Result<Value, SandboxError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(
            returning: Result { () throws(SandboxError) in
              try cancellation.check()
              return try work(cancellation)
            })
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
    return try result.get()
  }
}
