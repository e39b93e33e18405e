import SandboxCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct StopControlTests {
  @Test func theFirstOfManyReasonsWins() async {
    for _ in 0..<50 {
      let stop = StopControl()
      #expect(stop.reason == nil && stop.elapsed == nil)
      let winners = await withTaskGroup(of: (StopReason, Bool).self) { group in
        for index in 0..<64 {
          group.addTask {
            let reason = StopReason(.cost, "reason \(index)")
            return (reason, stop.requestStop(reason))
          }
        }
        return await group.reduce(into: [StopReason]()) { if $1.1 { $0.append($1.0) } }
      }
      #expect(winners.count == 1)
      #expect(stop.reason == winners.first)
      #expect(stop.elapsed.map { $0 >= .zero } == true)
      #expect(await stop.waitForStop() == winners.first)
    }
  }

  @Test func everyoneWhoWaitsIsTold() async {
    let stop = StopControl()
    let reasons = await withTaskGroup(of: StopReason?.self) { group in
      for _ in 0..<32 { group.addTask { await stop.waitForStop() } }
      group.addTask {
        stop.requestStop(StopReason(.terminate, "SIGTERM"))
        return stop.reason
      }
      return await group.reduce(into: [StopReason?]()) { $0.append($1) }
    }
    #expect(reasons == Array(repeating: StopReason(.terminate, "SIGTERM"), count: 33))
  }

  @Test func waitingCanBeCancelled() async {
    let stop = StopControl()
    let waiting = Task { await stop.waitForStop() }
    await Task.yield()
    waiting.cancel()
    #expect(await waiting.value == nil)
    #expect(stop.reason == nil)
  }
}
