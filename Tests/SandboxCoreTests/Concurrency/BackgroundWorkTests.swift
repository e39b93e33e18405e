import SandboxCore
import Testing

@Suite struct BackgroundWorkTests {
  @Test func itGoesOnWhenTheCallerIsCancelled() async {
    let background = BackgroundWork()
    let door = Door()
    let tally = Tally(0)
    let caller = Task {
      while !Task.isCancelled { await Task.yield() }
      background.start {
        await door.pass()
        if !Task.isCancelled { tally.update { $0 += 1 } }
      }
    }
    caller.cancel()
    await caller.value
    door.open()
    await background.wait()
    #expect(tally.value == 1)
  }

  @Test func endingStopsAllAndWaitsForIt() async {
    let background = BackgroundWork()
    let tally = Tally(0)
    for _ in 0..<20 {
      background.start {
        do { try await Task.sleep(for: .seconds(3600)) } catch { tally.update { $0 += 1 } }
      }
    }
    await background.end()
    #expect(tally.value == 20)
    background.start { tally.update { $0 += 1 } }
    await background.wait()
    #expect(tally.value == 20, "nothing begins after the end")
  }

  @Test func waitingIsNotCutShort() async {
    let background = BackgroundWork()
    let door = Door()
    let tally = Tally(0)
    background.start {
      await door.pass()
      tally.update { $0 += 1 }
    }
    let waiter = Task {
      await background.wait()
      return tally.value
    }
    waiter.cancel()
    door.open()
    #expect(await waiter.value == 1)
  }

  @Test func whoIsDroppedIsToldToStop() async throws {
    let tally = Tally(0)
    do {
      let background = BackgroundWork()
      background.start {
        do { try await Task.sleep(for: .seconds(3600)) } catch { tally.update { $0 += 1 } }
      }
    }
    try await eventually { tally.value == 1 }
  }

  @Test func sharedWorkIsDoneOnce() async throws {
    let door = Door()
    let tally = Tally(0)
    let work = SharedWork { () throws(SandboxError) in
      tally.update { $0 += 1 }
      await door.pass()
      return 7
    }
    let impatient = Task { try await work.value() }
    impatient.cancel()
    await #expect(throws: SandboxError.self) { try await impatient.value }
    async let first = work.value()
    async let second = work.value()
    door.open()
    #expect(try await [first, second] == [7, 7])
    #expect(tally.value == 1)
  }
}
