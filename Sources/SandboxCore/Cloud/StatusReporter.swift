import Synchronization

/// Tells the cloud each phase the session passes, in order, by a single writer, without ever holding the session up or
/// failing it.
///
/// Every update is sent while the endpoint keeps up. While it does not (the last call timed out, or
/// ``StatusReporter/capacity`` updates wait) only the newest of those that wait is sent, so that the cloud is late but
/// never wrong. A failed update is not repeated: the next one makes up for it, and the terminal one goes through the
/// outbox, after ``finish(deadline:)`` has made sure that no earlier one can arrive after it.
package final class StatusReporter: Sendable {
  /// Updates that wait before the older ones are dropped.
  package static let capacity = 16

  fileprivate enum Runner { case notStarted, running, ended }
  fileprivate enum Step { case send(StatusUpdate), wait, end }
  private enum Attempt { case acknowledged, failed(SandboxError), aborted }

  fileprivate struct State {
    var waiting: [StatusUpdate] = []
    var lastSequence = Int64.min
    var dropped = 0
    var isClosed = false
    var isAborted = false
    var runner = Runner.notStarted
  }

  private let endpoint: any CloudEndpoint
  private let time: TimeSource
  private let timeout: Duration
  private let onFailure: @Sendable (StatusUpdate, SandboxError) -> Void
  private let state = Mutex(State())
  private let changes = ChangeSignal()

  /// - Parameters:
  ///   - timeout: for one update.
  ///   - onFailure: for logging only.
  package init(
    endpoint: any CloudEndpoint, time: TimeSource, timeout: Duration = .seconds(5),
    onFailure: @escaping @Sendable (StatusUpdate, SandboxError) -> Void
  ) {
    self.endpoint = endpoint
    self.time = time
    self.timeout = timeout
    self.onFailure = onFailure
  }

  /// How many updates were passed over because the endpoint was slow.
  package var droppedCount: Int { state.withLock { $0.dropped } }

  /// Queues an update; returns at once. One that is not newer than the last, or that comes after
  /// ``finish(deadline:)``, is ignored.
  package func report(_ update: StatusUpdate) {
    let isQueued = state.withLock { state in
      guard !state.isClosed, update.sequence > state.lastSequence else { return false }
      state.lastSequence = update.sequence
      state.waiting.append(update)
      if state.waiting.count > Self.capacity { state.keepNewest() }
      return true
    }
    if isQueued { changes.notify() }
  }

  /// Sends what is reported until ``finish(deadline:)`` is called and nothing waits, or the task is cancelled. To be run
  /// once, beside the session.
  package func run() async {
    let isFirst = state.withLock { state in
      guard state.runner == .notStarted else { return false }
      state.runner = .running
      return true
    }
    guard isFirst else { return }
    while !Task.isCancelled {
      let generation = changes.generation
      switch state.withLock({ $0.nextStep() }) {
      case .send(let update): await send(update)
      case .wait: await changes.wait(after: generation)
      case .end: return end()
      }
    }
    end()
  }

  private func end() {
    state.withLock { $0.runner = .ended }
    changes.notify()
  }

  /// Takes no more updates and waits until all that wait are sent, at most until `deadline`; then an update under way is
  /// cancelled and the rest is dropped. When this returns, nothing is sent any more, unless
  /// the caller was cancelled.
  ///
  /// - Returns: whether everything was sent (or tried) in time. False also when ``run()`` was cancelled with updates
  ///   waiting.
  @discardableResult
  package func finish(deadline: Deadline) async -> Bool {
    state.withLock { $0.isClosed = true }
    changes.notify()
    let isDrained = await withTaskGroup(of: Bool.self) { group in
      group.addTask { await self.waitForEnd() }
      group.addTask {
        try? await self.time.sleep(deadline.remaining)
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
    if isDrained { return state.withLock { $0.waiting.isEmpty } }
    let mustWait = state.withLock { state in
      state.isAborted = true
      state.dropped += state.waiting.count
      state.waiting.removeAll()
      return state.runner == .running
    }
    changes.notify()
    if mustWait { _ = await waitForEnd() }
    return false
  }

  /// Whether the writer has ended; false when the task is cancelled first.
  private func waitForEnd() async -> Bool {
    while true {
      let generation = changes.generation
      if state.withLock({ $0.runner == .ended }) { return true }
      if Task.isCancelled { return false }
      await changes.wait(after: generation)
    }
  }

  private func send(_ update: StatusUpdate) async {
    let result = await withTaskGroup(of: Attempt.self) { group in
      group.addTask { await self.attempt(update) }
      group.addTask { await self.waitForAbort() }
      defer { group.cancelAll() }
      return await group.next() ?? .aborted
    }
    guard case .failed(let error) = result else { return }
    if error.code == .timeout { state.withLock { $0.keepNewest() } }
    onFailure(update, error)
  }

  private func attempt(_ update: StatusUpdate) async -> Attempt {
    do throws(SandboxError) {
      try await time.withLimit(timeout, "telling \(endpoint.name) the phase \(update.phase.rawValue)") {
        () throws(SandboxError) in try await self.endpoint.update(update)
      }
      return .acknowledged
    } catch {
      return .failed(error)
    }
  }

  private func waitForAbort() async -> Attempt {
    while !Task.isCancelled {
      let generation = changes.generation
      if state.withLock({ $0.isAborted }) { break }
      await changes.wait(after: generation)
    }
    return .aborted
  }
}

extension StatusReporter.State {
  fileprivate mutating func nextStep() -> StatusReporter.Step {
    if isAborted { return .end }
    if waiting.isEmpty { return isClosed ? .end : .wait }
    return .send(waiting.removeFirst())
  }

  fileprivate mutating func keepNewest() {
    guard waiting.count > 1 else { return }
    dropped += waiting.count - 1
    waiting.removeFirst(waiting.count - 1)
  }
}
