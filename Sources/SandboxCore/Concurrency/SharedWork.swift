import Synchronization

/// Work that is done once, however many tasks wait for it. A task that is cancelled stops waiting; the work goes on as
/// long as somebody holds this object.
package final class SharedWork<Value: Sendable>: Sendable {
  private let outcome: Outcome
  private let background = BackgroundWork()

  private final class Outcome: Sendable {
    let result = Mutex<Result<Value, SandboxError>?>(nil)
    let signal = ChangeSignal()
  }

  package init(_ work: @escaping @Sendable () async throws(SandboxError) -> Value) {
    let outcome = Outcome()
    self.outcome = outcome
    background.start {
      let result: Result<Value, SandboxError>
      do throws(SandboxError) { result = .success(try await work()) } catch { result = .failure(error) }
      outcome.result.withLock { $0 = result }
      outcome.signal.notify()
    }
  }

  /// - Throws: what the work throws; `.cancelled` when the waiting task was cancelled first.
  package func value() async throws(SandboxError) -> Value {
    while true {
      let generation = outcome.signal.generation
      if let result = outcome.result.withLock({ $0 }) { return try result.get() }
      if Task.isCancelled { throw SandboxError(.cancelled, "cancelled while waiting") }
      await outcome.signal.wait(after: generation)
    }
  }

  /// How it ended, waited for also in a task that is cancelled.
  package func end() async -> Result<Value, SandboxError> {
    await background.wait()
    return outcome.result.withLock { $0 } ?? .failure(SandboxError(.cancelled, "cancelled before it began"))
  }

  /// Cancels the work and returns when it is over.
  package func stop() async { await background.end() }
}
