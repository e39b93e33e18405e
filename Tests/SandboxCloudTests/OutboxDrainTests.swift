import SandboxCloud
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Outbox drain", .timeLimit(.minutes(1)))
struct OutboxDrainTests {
  private static let time = TimeSource.system
  private static let backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(4))
  private let blobs = InMemoryBlobStore()

  private static func log(_ payloads: [OutboxItem.Payload]) async throws -> SessionLog {
    let log = SessionLog(journal: InMemoryJournal(), time: time)
    for (number, payload) in payloads.enumerated() {
      try await log.append(
        .outboxQueued(OutboxItem(id: "o\(number)", idempotencyKey: "key-\(number)", payload: payload)))
    }
    return log
  }

  private func drain(
    _ log: SessionLog, _ endpoint: any CloudEndpoint, within limit: Duration = .seconds(30)
  ) async -> Bool {
    let drain = OutboxDrain(log: log, endpoint: endpoint, blobs: blobs, time: Self.time, backoff: Self.backoff)
    return await drain.deliverPending(deadline: Deadline(after: limit, time: Self.time))
  }

  private static let results = OutboxItem.Payload.results(CloudFixture.results([], answer: "x"))
  private static let status = OutboxItem.Payload.status(CloudFixture.status(.completed, sequence: 9))

  @Test("everything in order, once")
  func order() async throws {
    let log = try await Self.log([Self.results, Self.status])
    let endpoint = RecordingEndpoint()
    #expect(await drain(log, endpoint))
    #expect(
      endpoint.calls == [
        .deliver(CloudFixture.results([], answer: "x"), idempotencyKey: "key-0"),
        .update(CloudFixture.status(.completed, sequence: 9)),
      ])
    #expect(log.current.outbox.allSatisfy { $0.isAcknowledged && $0.attempts == 1 && $0.error == nil })
    #expect(await drain(log, endpoint))
    #expect(endpoint.calls.count == 2)
    #expect(await drain(try await Self.log([]), endpoint))
  }

  @Test("a failure that may pass is tried again with the same content and key")
  func retry() async throws {
    let log = try await Self.log([Self.results])
    let endpoint = RecordingEndpoint { number, _ throws(SandboxError) in
      if number < 3 { throw SandboxError(.unavailable, "not now", retry: .backoff) }
    }
    #expect(await drain(log, endpoint))
    #expect(endpoint.calls.count == 4)
    #expect(Set(endpoint.calls).count == 1)
    let state = try #require(log.current.outbox.first)
    #expect(state.attempts == 4)
    #expect(state.isAcknowledged)
  }

  @Test("five tries, then the rest is left for later, in order")
  func exhausted() async throws {
    let log = try await Self.log([Self.results, Self.status])
    let down = RecordingEndpoint { _, _ throws(SandboxError) in
      throw SandboxError(.unavailable, "down", retry: .backoff)
    }
    #expect(await drain(log, down) == false)
    #expect(down.calls.count == 5)
    #expect(log.current.outbox.map(\.attempts) == [5, 0])
    #expect(log.current.outbox.first?.error == ErrorRecord(code: .unavailable, message: "down"))
    let up = RecordingEndpoint()
    #expect(await drain(log, up))
    #expect(up.calls.count == 2)
  }

  @Test(
    "what is declined is not tried again, and does not stop the others",
    arguments: [SandboxError.Code.rejected, .unauthorized, .unsupported])
  func declined(code: SandboxError.Code) async throws {
    let log = try await Self.log([Self.results, Self.status])
    let endpoint = RecordingEndpoint { _, call throws(SandboxError) in
      if case .deliver = call { throw SandboxError(code, "no") }
    }
    #expect(await drain(log, endpoint) == false)
    #expect(endpoint.calls.count == 2)
    #expect(log.current.outbox.map(\.isAcknowledged) == [false, true])
    #expect(log.current.outbox.first?.error?.code == code)
  }

  @Test("waits as long as it is asked to, and does not begin to when that is too long")
  func retryAfter() async throws {
    let log = try await Self.log([Self.results])
    let endpoint = RecordingEndpoint { number, _ throws(SandboxError) in
      if number == 0 { throw SandboxError(.rateLimited, "later", retry: .after(.milliseconds(120))) }
      if number == 1 { throw SandboxError(.rateLimited, "much later", retry: .after(.seconds(3600))) }
    }
    let start = ContinuousClock.now
    #expect(await drain(log, endpoint) == false)
    let elapsed = ContinuousClock.now - start
    #expect(elapsed >= .milliseconds(120))
    #expect(elapsed < .seconds(20))
    #expect(endpoint.calls.count == 2)
  }

  @Test("an endpoint that never answers is left at the deadline")
  func deadline() async throws {
    let log = try await Self.log([Self.results])
    let endpoint = RecordingEndpoint { _, _ throws(SandboxError) in
      do { try await Task.sleep(for: .seconds(3600)) } catch { throw SandboxError(.cancelled, "cancelled") }
    }
    #expect(await drain(log, endpoint, within: .milliseconds(150)) == false)
    let state = try #require(log.current.outbox.first)
    #expect(state.attempts == 1)
    #expect(!state.isAcknowledged)
    #expect(state.error?.code == .timeout)
    #expect(await drain(log, endpoint, within: .zero) == false)
    #expect(endpoint.calls.count == 1)
  }

  @Test("cancelling stops it, with the attempt in the journal")
  func cancel() async throws {
    let log = try await Self.log([Self.results])
    let begun = ChangeSignal()
    let endpoint = RecordingEndpoint { _, _ throws(SandboxError) in
      begun.notify()
      do { try await Task.sleep(for: .seconds(3600)) } catch { throw SandboxError(.cancelled, "cancelled") }
    }
    let isComplete = await withTaskGroup(of: Bool.self) { group in
      group.addTask { await self.drain(log, endpoint) }
      await begun.wait(after: 0)
      group.cancelAll()
      return await group.next() ?? true
    }
    #expect(!isComplete)
    #expect(log.current.outbox.first?.attempts == 1)
    #expect(log.current.outbox.first?.error?.code == .cancelled)
  }

  @Test("nothing is tried when the journal cannot say so")
  func brokenJournal() async throws {
    struct Broken: Journal {
      func commit(_ records: [EventRecord]) async throws(SandboxError) { throw SandboxError(.io, "disk gone") }
    }
    var state = SessionState()
    let item = OutboxItem(id: "o", idempotencyKey: "k", payload: Self.results)
    state.evolve(EventRecord(sequence: 1, time: 1, actor: "system", event: .outboxQueued(item)))
    let log = SessionLog(journal: Broken(), resuming: state, time: Self.time)
    let endpoint = RecordingEndpoint { _, _ throws(SandboxError) in
      throw SandboxError(.unavailable, "x", retry: .backoff)
    }
    #expect(await drain(log, endpoint) == false)
    #expect(endpoint.calls.count == 1)
  }

  @Test(
    "over HTTP through every fault: the cloud ends up with everything once",
    arguments: [FakeConvex.Backend.seed, .origin])
  func faults(backend: FakeConvex.Backend) async throws {
    let faults: [ConvexFault] = [
      .status(429, code: "TooManyConcurrentRequests", retryAfter: "0.01"), .dropAfterCommit,
      .status(503, code: "OptimisticConcurrencyControlFailure"), .html(502), .truncated, .status(500), .dropBefore,
      .truncated,
    ]
    let artifacts = [CloudFixture.artifact("a.md", blobs.put([65])), CloudFixture.artifact("b.bin", blobs.put([0xFF]))]
    let log = try await Self.log([.results(CloudFixture.results(artifacts, answer: "The answer")), Self.status])
    try await CloudFixture.withConvex(backend) { fake, endpoint in
      for fault in faults { fake.fail(fault) }
      var rounds = 0
      while await !drain(log, endpoint), rounds < 10 { rounds += 1 }
      #expect(log.current.outbox.map(\.isAcknowledged) == [true, true])
      #expect(fake.artifacts(of: "s-1").count == 3)
      #expect(fake.statuses(of: "s-1").last == "completed")
      let sent = fake.calls.filter { $0.path.hasPrefix("sessions:sync") }.map(\.arguments)
      #expect(Set(sent).count == 1)
    }
  }

  @Test("backoff grows, is capped, and never asks for less than it was asked")
  func backoff() {
    let full = Backoff(random: { 1 })
    #expect((0..<7).map { full.delay(after: $0, .backoff) } == [0.5, 1, 2, 4, 8, 8, 8].map { .seconds($0) })
    #expect(full.delay(after: .max, .backoff) == .seconds(8))
    #expect(full.delay(after: 0, .after(.seconds(3))) == .seconds(3))
    #expect(full.delay(after: 3, .after(.seconds(3))) == .seconds(4))
    #expect(full.delay(after: 0, .never) == nil)
    #expect(Backoff(random: { 0 }).delay(after: 4, .backoff) == .zero)
  }
}
