import SandboxCore
import SandboxTestKit
import Synchronization
import Testing

@Suite("Status reporter", .timeLimit(.minutes(2)))
struct StatusReporterTests {
  private static let time = TimeSource.system
  private static let phases: [SessionPhase] = [.initializing, .loadingTools, .running, .completing]

  private static func deadline(_ limit: Duration = .seconds(60)) -> Deadline { Deadline(after: limit, time: time) }

  private static func sequences(_ calls: [RecordingEndpoint.Call]) -> [Int64] {
    calls.compactMap { if case .update(let update) = $0 { update.sequence } else { nil } }
  }

  @Test("every update, in order")
  func order() async throws {
    let endpoint = RecordingEndpoint()
    let reporter = StatusReporter(endpoint: endpoint, time: Self.time) { update, _ in Issue.record("\(update)") }
    async let running: Void = reporter.run()
    for (number, phase) in Self.phases.enumerated() {
      reporter.report(CloudFixture.status(phase, sequence: Int64(number + 1)))
    }
    #expect(await reporter.finish(deadline: Self.deadline()))
    await running
    #expect(Self.sequences(endpoint.calls) == [1, 2, 3, 4])
    #expect(reporter.droppedCount == 0)
  }

  @Test("an older update, and one after the end, are ignored")
  func stale() async throws {
    let endpoint = RecordingEndpoint()
    let reporter = StatusReporter(endpoint: endpoint, time: Self.time) { _, _ in }
    async let running: Void = reporter.run()
    for sequence in [5, 3, 5, 6] { reporter.report(CloudFixture.status(.running, sequence: Int64(sequence))) }
    #expect(await reporter.finish(deadline: Self.deadline()))
    reporter.report(CloudFixture.status(.failed, sequence: 9))
    await running
    #expect(Self.sequences(endpoint.calls) == [5, 6])
  }

  @Test("failures are told and do not stop the next")
  func failures() async throws {
    let endpoint = RecordingEndpoint { number, _ throws(SandboxError) in
      if number % 2 == 0 { throw SandboxError(.unavailable, "down", retry: .backoff) }
    }
    let failed = Mutex<[Int64]>([])
    let reporter = StatusReporter(endpoint: endpoint, time: Self.time) { update, _ in
      failed.withLock { $0.append(update.sequence) }
    }
    async let running: Void = reporter.run()
    for sequence in 1...4 { reporter.report(CloudFixture.status(.running, sequence: Int64(sequence))) }
    #expect(await reporter.finish(deadline: Self.deadline()))
    await running
    #expect(Self.sequences(endpoint.calls) == [1, 2, 3, 4])
    #expect(failed.withLock { $0 } == [1, 3])
  }

  @Test("a slow endpoint gets the newest of what waits")
  func slow() async throws {
    let begun = ChangeSignal()
    let endpoint = RecordingEndpoint { number, _ throws(SandboxError) in
      guard number == 0 else { return }
      begun.notify()
      do { try await Task.sleep(for: .seconds(3600)) } catch { throw SandboxError(.cancelled, "cancelled") }
    }
    let failed = Mutex<[SandboxError.Code]>([])
    let reporter = StatusReporter(endpoint: endpoint, time: Self.time, timeout: .milliseconds(200)) { _, error in
      failed.withLock { $0.append(error.code) }
    }
    async let running: Void = reporter.run()
    reporter.report(CloudFixture.status(.initializing, sequence: 1))
    await begun.wait(after: 0)
    for sequence in 2...5 { reporter.report(CloudFixture.status(.running, sequence: Int64(sequence))) }
    #expect(await reporter.finish(deadline: Self.deadline()))
    await running
    #expect(Self.sequences(endpoint.calls) == [1, 5])
    #expect(failed.withLock { $0 } == [.timeout])
    #expect(reporter.droppedCount == 3)
  }

  @Test("what waits is bounded")
  func bounded() async throws {
    let endpoint = RecordingEndpoint()
    let reporter = StatusReporter(endpoint: endpoint, time: Self.time) { _, _ in }
    for sequence in 1...1000 { reporter.report(CloudFixture.status(.running, sequence: Int64(sequence))) }
    async let running: Void = reporter.run()
    #expect(await reporter.finish(deadline: Self.deadline()))
    await running
    let sent = Self.sequences(endpoint.calls)
    #expect(sent.count <= StatusReporter.capacity)
    #expect(sent.last == 1000)
    #expect(sent == sent.sorted())
  }

  @Test("finishing does not wait beyond its deadline, and nothing is sent afterwards")
  func finishDeadline() async throws {
    let begun = ChangeSignal()
    let endpoint = RecordingEndpoint { _, _ throws(SandboxError) in
      begun.notify()
      do { try await Task.sleep(for: .seconds(3600)) } catch { throw SandboxError(.cancelled, "cancelled") }
    }
    let reporter = StatusReporter(endpoint: endpoint, time: Self.time, timeout: .seconds(3600)) { _, _ in }
    async let running: Void = reporter.run()
    reporter.report(CloudFixture.status(.running, sequence: 1))
    await begun.wait(after: 0)
    reporter.report(CloudFixture.status(.completing, sequence: 2))
    #expect(await reporter.finish(deadline: Self.deadline(.milliseconds(100))) == false)
    await running
    #expect(Self.sequences(endpoint.calls) == [1])
    #expect(endpoint.acknowledgedCalls.isEmpty)
    #expect(reporter.droppedCount == 1)
  }

  @Test("a cancelled writer ends, and finishing says what is missing")
  func cancelled() async throws {
    let endpoint = RecordingEndpoint { _, _ throws(SandboxError) in
      do { try await Task.sleep(for: .seconds(3600)) } catch { throw SandboxError(.cancelled, "cancelled") }
    }
    let reporter = StatusReporter(endpoint: endpoint, time: Self.time) { _, _ in }
    for sequence in 1...3 { reporter.report(CloudFixture.status(.running, sequence: Int64(sequence))) }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await reporter.run() }
      group.cancelAll()
    }
    #expect(await reporter.finish(deadline: Self.deadline()) == false)
  }
}
