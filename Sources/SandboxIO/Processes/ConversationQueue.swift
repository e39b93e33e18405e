import SandboxCore
import Synchronization

/// What passes between the thread of a ``ProcessConversation`` and the tasks that use it.
final class ConversationQueue: Sendable {
  private struct State {
    /// Not taken by the thread yet.
    var pending: [UInt8] = []
    /// Positions in the stream of all bytes ever queued.
    var queued = 0
    var written = 0
    var isClosing = false
    var end: ConversationEnd?
    var waiters: [CheckedContinuation<ConversationEnd, Never>] = []
  }

  private let state = Mutex(State())
  private let limit: Int
  /// Raised when there is something for the thread to do.
  let wake: StopSignal

  init(limit: Int) throws(SandboxError) {
    self.limit = limit
    wake = try StopSignal()
  }

  var end: ConversationEnd? { state.withLock { $0.end } }

  // MARK: - For tasks

  /// Gives the line's place in the stream.
  func append(_ line: [UInt8]) throws(SandboxError) -> Int {
    enum Answer { case position(Int), full(Int), over }
    let answer: Answer = state.withLock { state in
      if state.isClosing || state.end != nil { return .over }
      let waiting = state.queued - state.written
      if waiting > 0, waiting + line.count > limit { return .full(waiting) }
      defer { state.queued += line.count }
      state.pending += line
      return .position(state.queued)
    }
    switch answer {
    case .position(let position):
      wake.raise()
      return position
    case .full(let waiting):
      throw SandboxError(
        .unavailable, "the program does not read its input: \(waiting) bytes wait for it", retry: .backoff)
    case .over: throw SandboxError(.unavailable, "the program has ended", retry: .backoff)
    }
  }

  /// Whether the child can have seen anything of the line at this place.
  func isWritten(_ position: Int) -> Bool { state.withLock { $0.written > position } }

  func close() {
    state.withLock { $0.isClosing = true }
    wake.raise()
  }

  func waitForEnd() async -> ConversationEnd {
    await withCheckedContinuation { continuation in
      let end: ConversationEnd? = state.withLock { state in
        if state.end == nil { state.waiters.append(continuation) }
        return state.end
      }
      if let end { continuation.resume(returning: end) }
    }
  }

  // MARK: - For the thread

  var isClosing: Bool { state.withLock { $0.isClosing } }

  func takePending() -> [UInt8] {
    state.withLock { state in
      defer { state.pending = [] }
      return state.pending
    }
  }

  func noteWritten(_ count: Int) { state.withLock { $0.written += count } }

  /// No more lines are taken.
  func refuse() { state.withLock { $0.isClosing = true } }

  func finish(_ end: ConversationEnd) {
    let waiters = state.withLock { state in
      state.end = end
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: end) }
  }
}
