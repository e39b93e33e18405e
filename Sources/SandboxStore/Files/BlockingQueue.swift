internal import Dispatch
internal import SandboxCore

/// Runs what blocks, one after the other, on a thread outside the cooperative pool.
struct BlockingQueue: Sendable {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  /// Cancelling the task does not interrupt `work`.
  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let result = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Result<Value, SandboxError>(catching: work)) }
    }
    return try result.get()
  }
}
