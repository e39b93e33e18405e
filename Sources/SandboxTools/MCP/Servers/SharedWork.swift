import SandboxCore
import Synchronization

/// Work that is done once, however many tasks wait for it. A task that is cancelled stops waiting; the work goes on.
final class SharedWork<Value: Sendable>: Sendable {
  private let outcome: Outcome
  private let task: Task<Void, Never>

  private final class Outcome: Sendable {
    let result = Mutex<Result<Value, SandboxError>?>(nil)
    let signal = ChangeSignal()
  }

  init(_ work: @escaping @Sendable () async throws(SandboxError) -> Value) {
    let outcome = Outcome()
    self.outcome = outcome
    task = Task {
      let result: Result<Value, SandboxError>
      do throws(SandboxError) { result = .success(try await work()) } catch { result = .failure(error) }
      outcome.result.withLock { $0 = result }
      outcome.signal.notify()
    }
  }

  /// - Throws: what the work throws; `.cancelled` when the waiting task was cancelled first.
  func value() async throws(SandboxError) -> Value {
    while true {
      let generation = outcome.signal.generation
      if let result = outcome.result.withLock({ $0 }) { return try result.get() }
      if Task.isCancelled { throw SandboxError(.cancelled, "cancelled while waiting") }
      await outcome.signal.wait(after: generation)
    }
  }

  /// Cancels the work and returns when it is over.
  func stop() async {
    task.cancel()
    await task.value
  }
}
