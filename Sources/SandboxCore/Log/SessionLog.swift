import Synchronization

/// The one way to change a session: decide on the present state, append the events, go on when they are durable.
///
/// Decisions are made one at a time, without suspending, against everything that has been decided before, so two agents
/// can never both take the last dollar. Readers see only what has been committed. Appends that come while a commit is
/// under way share the next one.
///
/// Events are cleared of secrets before anything is made of them, so none is in the journal, in the state, or in what is
/// told from either.
///
/// After a failed commit nothing is known: every append from then on throws `.io`, and the session has to stop.
package final class SessionLog: Sendable {
  /// Called after each commit, in order, before those who appended go on. Must be quick.
  package typealias Observer = @Sendable ([EventRecord], SessionState) -> Void

  fileprivate struct Pending {
    let records: [EventRecord]
    /// Nil for the one that writes for the others.
    var continuation: CheckedContinuation<Role, Never>?
    /// What it is told once the records, and all before them, are durable.
    var role = Role.durable
  }

  /// What a waiting append is told: it is durable, it failed, or it is its turn to write for all that wait.
  fileprivate enum Role { case durable, refused(SandboxError), lead }

  fileprivate struct Guarded {
    /// Everything decided so far; only decisions look at it.
    var head: SessionState
    /// Everything durable so far; what readers see.
    var committed: SessionState
    var pending: [Pending] = []
    var isWriting = false
    var failure: SandboxError?
  }

  /// What events are cleared by; for whatever else leaves the session.
  package let redactor: Redactor
  private let journal: any Journal
  private let time: TimeSource
  private let observers: [Observer]
  private let state: Mutex<Guarded>
  private let changes = ChangeSignal()

  package init(
    journal: any Journal, resuming state: SessionState = SessionState(), time: TimeSource,
    redactor: Redactor = .shapesOnly, observers: [Observer] = []
  ) {
    self.redactor = redactor
    self.journal = journal
    self.time = time
    self.observers = observers
    self.state = Mutex(Guarded(head: state, committed: state))
  }

  /// Reads the committed state.
  package func read<R: Sendable>(_ body: (SessionState) throws -> R) rethrows -> R {
    try state.withLock { try body($0.committed) }
  }

  /// A copy of the committed state.
  package var current: SessionState { read { $0 } }

  /// Why the log can no longer be written, if it cannot.
  package var failure: SandboxError? { state.withLock { $0.failure } }

  /// Appends events without a condition; returns when they are durable.
  package func append(_ events: [SessionEvent], actor: AgentID = .system) async throws(SandboxError) {
    let events = try clean(events)
    try await commit(actor: actor) { _ throws(SandboxError) in (events, ()) }
  }

  package func append(_ event: SessionEvent, actor: AgentID = .system) async throws(SandboxError) {
    try await append([event], actor: actor)
  }

  /// Decides and appends in one step: `decide` sees everything decided before it, and the events that it returns are
  /// durable when this returns. Cancelling the task does not interrupt a commit.
  ///
  /// - Throws: what `decide` throws, with nothing appended; `.io` when the journal failed.
  package func transact<R: Sendable>(
    actor: AgentID = .system, _ decide: (SessionState) throws(SandboxError) -> ([SessionEvent], R)
  ) async throws(SandboxError) -> R {
    try await commit(actor: actor) { state throws(SandboxError) in
      let (events, result) = try decide(state)
      return (try clean(events), result)
    }
  }

  private func clean(_ events: [SessionEvent]) throws(SandboxError) -> [SessionEvent] {
    try events.map { event throws(SandboxError) in try event.redacted(by: redactor) }
  }

  private func commit<R: Sendable>(
    actor: AgentID, _ decide: (SessionState) throws(SandboxError) -> ([SessionEvent], R)
  ) async throws(SandboxError) -> R {
    var result: R?
    let role = await withCheckedContinuation { continuation in
      let answer = state.withLock { guarded -> Role? in
        if let failure = guarded.failure { return .refused(failure) }
        let events: [SessionEvent]
        do throws(SandboxError) {
          let decision = try decide(guarded.head)
          events = decision.0
          result = decision.1
        } catch {
          return guarded.answer(.refused(error), to: continuation)
        }
        if events.isEmpty { return guarded.answer(.durable, to: continuation) }
        let records = guarded.apply(events, actor: actor, time: time)
        let leads = !guarded.isWriting
        guarded.isWriting = true
        guarded.pending.append(Pending(records: records, continuation: leads ? nil : continuation))
        return leads ? .lead : nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
    switch role {
    case .refused(let error): throw error
    case .lead: try await lead()
    case .durable: break
    }
    guard let result else { throw SandboxError(.internalError, "a decision returned nothing") }
    return result
  }

  /// Returns when something was committed since `generation`, or when the task is cancelled.
  package func waitForCommit(after generation: UInt64) async { await changes.wait(after: generation) }

  /// Grows with each commit; see ``waitForCommit(after:)``.
  package var generation: UInt64 { changes.generation }

  /// Writes what is pending, its own records among it, then hands the pen to the next that waits.
  private func lead() async throws(SandboxError) {
    let batch = state.withLock { guarded in
      defer { guarded.pending.removeAll() }
      return guarded.pending
    }
    let records = batch.flatMap(\.records)
    var failure: SandboxError?
    do {
      try await journal.commit(records)
    } catch {
      failure = SandboxError(.io, "the journal cannot be written: \(error.message)", cause: error)
    }
    let followers = state.withLock { guarded -> [Pending] in
      if let failure {
        guarded.failure = failure
        let all = batch + guarded.pending
        guarded.pending.removeAll()
        guarded.isWriting = false
        return all
      }
      for record in records { guarded.committed.evolve(record) }
      return batch
    }
    if failure == nil { notifyObservers(records) }
    for follower in followers { follower.continuation?.resume(returning: failure.map(Role.refused) ?? follower.role) }
    if failure == nil {
      for (waiting, role) in state.withLock({ $0.handOver() }) { waiting?.resume(returning: role) }
    }
    changes.notify()
    if let failure { throw failure }
  }

  private func notifyObservers(_ records: [EventRecord]) {
    guard !observers.isEmpty else { return }
    let snapshot = current
    for observer in observers { observer(records, snapshot) }
  }
}

extension SessionLog.Guarded {
  fileprivate mutating func apply(
    _ events: [SessionEvent], actor: AgentID, time: TimeSource
  ) -> [EventRecord] {
    let now = time.wallMilliseconds()
    return events.map { event in
      let record = EventRecord(sequence: head.sequence + 1, time: now, actor: actor.rawValue, event: event)
      head.evolve(record)
      return record
    }
  }

  /// An answer that changes nothing: at once, or when what the decision saw is durable, because nobody may act on what
  /// is not.
  fileprivate mutating func answer(
    _ role: SessionLog.Role, to continuation: CheckedContinuation<SessionLog.Role, Never>
  ) -> SessionLog.Role? {
    guard isWriting else { return role }
    pending.append(SessionLog.Pending(records: [], continuation: continuation, role: role))
    return nil
  }

  /// Makes the first that has something to write the next writer; when there is none, answers those that only waited.
  fileprivate mutating func handOver() -> [(CheckedContinuation<SessionLog.Role, Never>?, SessionLog.Role)] {
    if let next = pending.firstIndex(where: { !$0.records.isEmpty }) {
      defer { pending[next].continuation = nil }
      return [(pending[next].continuation, .lead)]
    }
    isWriting = false
    defer { pending.removeAll() }
    return pending.map { ($0.continuation, $0.role) }
  }
}
