package import SandboxCore
import Synchronization

/// What one agent learns about a provider's rate, all respect: when a model says "not before", every call of that model
/// waits, whoever makes it.
package final class RateGovernor: Sendable {
  private let time: TimeSource
  /// Monotonic time before which the model must not be called.
  private let pauses = Mutex<[String: Duration]>([:])

  package init(time: TimeSource) { self.time = time }

  /// Lets nobody call `model` for `delay`. A pause is never shortened.
  package func pause(_ model: String, for delay: Duration) {
    let end = time.monotonic() + delay
    pauses.withLock { $0[model] = max($0[model] ?? .zero, end) }
  }

  /// How long the model is still paused.
  package func remaining(of model: String) -> Duration {
    let now = time.monotonic()
    return pauses.withLock { pauses in
      guard let end = pauses[model] else { return .zero }
      if end <= now { pauses[model] = nil }
      return max(.zero, end - now)
    }
  }

  /// Returns when the model may be called.
  ///
  /// - Throws: `.cancelled`; `.unavailable` at once when the pause lasts longer than `deadline`.
  package func admit(_ model: String, deadline: Deadline) async throws(SandboxError) {
    while true {
      let wait = remaining(of: model)
      if wait == .zero { return }
      guard wait < deadline.remaining else {
        throw SandboxError(
          .unavailable, "\(model) may not be called for \(wait.milliseconds) ms, which is past the session's deadline")
      }
      do { try await time.sleep(wait) } catch {
        throw SandboxError(.cancelled, "cancelled while waiting for \(model)", cause: error)
      }
    }
  }
}
