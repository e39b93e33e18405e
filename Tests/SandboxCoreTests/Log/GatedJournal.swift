import SandboxCore
import Synchronization

/// A journal whose commits wait while it is closed, that counts them and fails when it is told to.
final class GatedJournal: Journal {
  private struct State {
    var isClosed = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var commits: [[EventRecord]] = []
    var entered = 0
    var failure: SandboxError?
  }

  private let state = Mutex(State())

  /// What was committed, commit by commit.
  var commits: [[EventRecord]] { state.withLock { $0.commits } }

  /// Commits that were begun.
  var entered: Int { state.withLock { $0.entered } }

  func commit(_ records: [EventRecord]) async throws(SandboxError) {
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        state.entered += 1
        if state.isClosed { state.waiting.append(continuation) }
        return !state.isClosed
      }
      if goesOn { continuation.resume() }
    }
    let failure = state.withLock { state in
      if state.failure == nil { state.commits.append(records) }
      return state.failure
    }
    if let failure { throw failure }
  }

  func close() { state.withLock { $0.isClosed = true } }

  func open() {
    let waiting = state.withLock { state in
      state.isClosed = false
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func failFromNowOn(_ error: SandboxError) { state.withLock { $0.failure = error } }
}
