import SandboxCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct ChangeSignalTests {
  @Test func aChangeBeforeTheWaitIsNotMissed() async {
    let signal = ChangeSignal()
    let generation = signal.generation
    signal.notify()
    #expect(signal.generation != generation)
    await signal.wait(after: generation)
  }

  @Test func everyoneIsWoken() async throws {
    let signal = ChangeSignal()
    let woken = Tally(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let generation = signal.generation
      for _ in 0..<100 {
        group.addTask {
          await signal.wait(after: generation)
          woken.update { $0 += 1 }
        }
      }
      for _ in 0..<10 { await Task.yield() }
      #expect(woken.value == 0)
      signal.notify()
      try await group.waitForAll()
    }
    #expect(woken.value == 100)
  }

  @Test func waitingEndsWhenTheTaskIsCancelled() async {
    let signal = ChangeSignal()
    for round in 0..<100 {
      let waiting = Task { await signal.wait(after: signal.generation) }
      for _ in 0..<round % 3 { await Task.yield() }
      waiting.cancel()
      await waiting.value
    }
    // Those who were cancelled leave nothing behind that the next change could stumble over.
    signal.notify()
  }

  /// A consumer that reads the generation, looks, and waits sees the last of many changes, however they interleave.
  @Test func noWakeUpIsLost() async {
    for _ in 0..<200 {
      let signal = ChangeSignal()
      let count = Tally(0)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            while true {
              let generation = signal.generation
              if count.value == 20 { return }
              await signal.wait(after: generation)
            }
          }
        }
        for _ in 0..<20 {
          group.addTask {
            count.update { $0 += 1 }
            signal.notify()
          }
        }
      }
    }
  }
}
