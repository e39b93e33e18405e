import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxSession

@Suite struct StatusWriterTests {
  private static let outcome = Outcome(stop: StopReason(.io, "the journal broke"), isSynced: false)

  /// A slow disk has an older state under way when the last one comes.
  @Test(.timeLimit(.minutes(1))) func theLastStatusIsTheLast() async throws {
    let gate = AsyncStream.makeStream(of: Void.self)
    let begun = AsyncStream.makeStream(of: Void.self)
    let fixture = SessionFixture(
      model: ClosureModel { _ throws(SandboxError) in ModelReply(text: "") },
      beforeStatus: { isFinal in
        guard !isFinal else { return }
        begun.continuation.yield()
        for await _ in gate.stream { break }
      })
    let writer = fixture.manager.statusFile
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await writer.write() }
      for await _ in begun.stream { break }
      group.addTask { await writer.writeLast(Self.outcome) }
      // It waits for its turn, or did not have to.
      while writer.turn.waiting == 0, fixture.statuses.isEmpty { await Task.yield() }
      gate.continuation.yield()
    }
    #expect(fixture.statuses.map { $0["exitCode"]?.intValue } == [nil, 74])
    await writer.write()
    #expect(fixture.statuses.count == 2, "nothing comes after the last")
  }

  @Test func theLastIsWrittenByACancelledTask() async {
    let fixture = SessionFixture(model: ClosureModel { _ throws(SandboxError) in ModelReply(text: "") })
    let writer = fixture.manager.statusFile
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      await writer.writeLast(Self.outcome)
    }
    task.cancel()
    await task.value
    #expect(fixture.lastStatus?["exitCode"]?.intValue == 74)
  }
}
