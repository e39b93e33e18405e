import SandboxTestKit
import SandboxCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct PermitGateTests {
  private struct Failure: Error {}

  @Test func neverMoreThanItsPermitsAreInUse() async throws {
    let gate = PermitGate(permits: 3)
    let inside = Tally((now: 0, most: 0, done: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<1_000 {
        group.addTask {
          try await gate.withPermit {
            inside.update {
              $0.now += 1
              $0.most = max($0.most, $0.now)
            }
            for _ in 0...index % 4 { await Task.yield() }
            inside.update {
              $0.now -= 1
              $0.done += 1
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(inside.value == (0, 3, 1_000))
    #expect(gate.inUse == 0 && gate.waiting == 0)
  }

  @Test func permitsAreGivenInTheOrderOfAsking() async throws {
    let gate = PermitGate(permits: 1)
    let door = Door()
    let order = Tally<[Int]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await gate.withPermit { await door.pass() } }
      try await eventually("the first holds the permit") { gate.inUse == 1 }
      for index in 0..<400 {
        group.addTask { try await gate.withPermit { order.update { $0.append(index) } } }
        try await eventually("number \(index) waits") { gate.waiting == index + 1 }
      }
      door.open()
      try await group.waitForAll()
    }
    #expect(order.value == Array(0..<400))
    #expect(gate.inUse == 0)
  }

  @Test func aCancelledWaiterLeavesTheQueueAndTakesNothing() async throws {
    let gate = PermitGate(permits: 1)
    let door = Door()
    let ran = Tally<[String]>([])
    func ask(_ name: String) -> Task<Void, any Error> {
      Task { try await gate.withPermit { ran.update { $0.append(name) } } }
    }
    let holder = Task { try await gate.withPermit { await door.pass() } }
    try await eventually("held") { gate.inUse == 1 }
    let first = ask("first")
    try await eventually("first waits") { gate.waiting == 1 }
    let second = ask("second")
    try await eventually("second waits") { gate.waiting == 2 }
    let third = ask("third")
    try await eventually("third waits") { gate.waiting == 3 }
    second.cancel()
    let error = await #expect(throws: SandboxError.self) { try await second.value }
    #expect(error?.code == .cancelled)
    #expect(gate.inUse == 1 && gate.waiting == 2)
    door.open()
    try await holder.value
    try await first.value
    try await third.value
    #expect(ran.value == ["first", "third"])
    #expect(gate.inUse == 0 && gate.waiting == 0)
  }

  @Test func aTaskThatIsCancelledAlreadyGetsNone() async throws {
    let gate = PermitGate(permits: 1)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await gate.withPermit {}
    }
    let error = await #expect(throws: SandboxError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    #expect(gate.inUse == 0)
    try await gate.withPermit {}
  }

  @Test func workThatThrowsReturnsItsPermit() async throws {
    let gate = PermitGate(permits: 2)
    for _ in 0..<10 {
      await #expect(throws: Failure.self) { try await gate.withPermit { throw Failure() } }
    }
    #expect(gate.inUse == 0)
    #expect(try await gate.withPermit { gate.inUse } == 1)
    #expect(PermitGate(permits: 0).permits == 1)
  }

  /// Tasks are cancelled at random while they wait, run or are just being let in. Afterwards all permits are there: a
  /// lost one, or a wake-up that nobody got, would leave somebody waiting for ever.
  @Test func nothingIsLostAmongRandomCancels() async throws {
    var random = SeededGenerator(seed: 9)
    for round in 0..<200 {
      let gate = PermitGate(permits: Int.random(in: 1...3, using: &random))
      let inside = Tally((now: 0, most: 0))
      let tasks = (0..<24).map { index in
        Task {
          try await gate.withPermit {
            inside.update {
              $0.now += 1
              $0.most = max($0.most, $0.now)
            }
            for _ in 0..<index % 5 { await Task.yield() }
            inside.update { $0.now -= 1 }
          }
        }
      }
      for task in tasks.shuffled(using: &random) {
        switch random.next() % 3 {
        case 0: task.cancel()
        case 1: await Task.yield()
        default: break
        }
      }
      for task in tasks {
        guard case .failure(let error) = await task.result else { continue }
        #expect((error as? SandboxError)?.code == .cancelled)
      }
      #expect(gate.inUse == 0 && gate.waiting == 0, "round \(round)")
      #expect(inside.value.now == 0 && inside.value.most <= gate.permits, "round \(round)")
      try await allPermitsAreThere(gate)
    }
  }

  private func allPermitsAreThere(_ gate: PermitGate) async throws {
    let door = Door()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<gate.permits { group.addTask { try await gate.withPermit { await door.pass() } } }
      try await eventually("all permits are in use at once") { gate.inUse == gate.permits }
      door.open()
      try await group.waitForAll()
    }
  }
}
