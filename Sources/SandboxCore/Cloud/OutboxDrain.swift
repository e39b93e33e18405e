/// Delivers what waits in the outbox, in order, until the endpoint has acknowledged it.
///
/// Delivery is at least once: an attempt whose outcome is unknown is repeated with the same content under the same
/// idempotency key, and the endpoint drops the repetition. Each attempt is journaled before the next one starts, so a
/// restart knows what is still owed.
package struct OutboxDrain: Sendable {
  private let log: SessionLog
  private let endpoint: any CloudEndpoint
  private let blobs: any BlobStore
  private let time: TimeSource
  private let maximumTries: Int
  private let backoff: Backoff

  /// - Parameter maximumTries: for one item in one call of ``deliverPending(deadline:)``; earlier calls do not count.
  package init(
    log: SessionLog, endpoint: any CloudEndpoint, blobs: any BlobStore, time: TimeSource, maximumTries: Int = 5,
    backoff: Backoff = Backoff()
  ) {
    self.log = log
    self.endpoint = endpoint
    self.blobs = blobs
    self.time = time
    self.maximumTries = max(1, maximumTries)
    self.backoff = backoff
  }

  /// Tries to deliver everything that is not acknowledged; returns whether nothing is left.
  ///
  /// An item that the endpoint declines stays unacknowledged, and the next one gets its turn. When the endpoint cannot
  /// be reached the rest is left for later, because it would fare no better and must not overtake. Never waits beyond
  /// `deadline`; an attempt that is under way then is cancelled and counts as failed. Cancelling has the same effect.
  package func deliverPending(deadline: Deadline) async -> Bool {
    var isComplete = true
    for item in log.read({ $0.outbox.filter { !$0.isAcknowledged }.map(\.item) }) {
      switch await deliver(item, by: deadline) {
      case .acknowledged: continue
      case .declined: isComplete = false
      case .unavailable: return false
      }
    }
    return isComplete
  }

  private enum Verdict { case acknowledged, declined, unavailable }

  private func deliver(_ item: OutboxItem, by deadline: Deadline) async -> Verdict {
    for attempt in 0..<maximumTries {
      if deadline.hasPassed || Task.isCancelled { return .unavailable }
      let failure = await send(item, by: deadline)
      let outcome = OutboxAttempted(
        id: item.id, isAcknowledged: failure == nil, error: failure.map { ErrorRecord($0) })
      do throws(SandboxError) { try await log.append(.outboxAttempted(outcome)) } catch { return .unavailable }
      guard let failure else { return .acknowledged }
      guard let delay = backoff.delay(after: attempt, failure.retry) else {
        return failure.code == .cancelled ? .unavailable : .declined
      }
      // Sleeping until the deadline would only keep the caller from finishing.
      guard attempt + 1 < maximumTries, delay < deadline.remaining else { return .unavailable }
      do { try await time.sleep(delay) } catch { return .unavailable }
    }
    return .unavailable
  }

  /// One attempt; returns why it failed.
  private func send(_ item: OutboxItem, by deadline: Deadline) async -> SandboxError? {
    do throws(SandboxError) {
      try await time.withLimit(deadline.remaining, "delivery to \(endpoint.name)") { () throws(SandboxError) in
        switch item.payload {
        case .results(let results):
          try await endpoint.deliver(results, idempotencyKey: item.idempotencyKey, contents: blobs)
        case .status(let status):
          try await endpoint.update(status)
        }
      }
      return nil
    } catch {
      return error
    }
  }
}
