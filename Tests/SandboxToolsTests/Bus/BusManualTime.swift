import SandboxCore
import Synchronization

/// A clock that moves only when it is told to.
final class ManualTime: Sendable {
  private struct Sleeper {
    let due: Duration
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var now: Duration = .zero
    var nextID = 0
    var sleepers: [Int: Sleeper] = [:]
  }

  private let state = Mutex(State())

  var source: TimeSource {
    TimeSource(
      monotonic: { self.state.withLock { $0.now } },
      wallMilliseconds: { 1_700_000_000_000 + self.state.withLock { $0.now }.milliseconds },
      sleep: { try await self.sleep($0) })
  }

  /// How long each task that sleeps now still has, in order.
  var sleeping: [Duration] {
    state.withLock { state in state.sleepers.values.map { $0.due - state.now }.sorted() }
  }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.sleepers.filter { $0.value.due <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume(returning: true) }
  }

  private func sleep(_ duration: Duration) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let isDue = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if duration <= .zero { return true }
          state.sleepers[id] = Sleeper(due: state.now + duration, continuation: continuation)
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(returning: false)
    }
    if !isDue { throw CancellationError() }
  }
}
