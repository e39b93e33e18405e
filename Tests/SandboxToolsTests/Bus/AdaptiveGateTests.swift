import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct AdaptiveGateTests {
  @Test func halvesOnceARoundTripAndGrowsByOneAfterAWidthOfSuccesses() {
    let gate = AdaptiveGate(width: 8)
    gate.limited(pause: nil, at: .zero)
    #expect(gate.width == 4)
    gate.limited(pause: nil, at: .milliseconds(999))
    #expect(gate.width == 4)
    gate.limited(pause: nil, at: .seconds(1))
    #expect(gate.width == 2)
    for _ in 0..<2 { gate.succeeded() }
    #expect(gate.width == 3)
    for _ in 0..<3 { gate.succeeded() }
    #expect(gate.width == 4)
    for _ in 0..<1000 { gate.succeeded() }
    #expect(gate.width == 8)
    for second in 2..<10 { gate.limited(pause: nil, at: .seconds(second)) }
    #expect(gate.width == 1)
    #expect(gate.places.permits == 1)
  }

  @Test func pausesAreCappedAndNeverShortened() {
    let gate = AdaptiveGate(width: 2)
    for nonsense in [Duration.zero, .seconds(-5)] {
      gate.limited(pause: nonsense, at: .zero)
      #expect(gate.pause(at: .zero) == nil)
    }
    gate.limited(pause: .seconds(10), at: .zero)
    gate.limited(pause: .seconds(3), at: .seconds(1))
    #expect(gate.pause(at: .seconds(4)) == .seconds(6))
    gate.limited(pause: .seconds(1_000_000_000_000), at: .seconds(5))
    #expect(gate.pause(at: .seconds(5)) == .seconds(60))
    #expect(gate.pause(at: .seconds(65)) == nil)
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func neverWiderThanItMayBe(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let gate = AdaptiveGate(width: .random(in: 1...6, using: &random))
    let running = Counter()
    let maximum = gate.width
    let yields = (0..<60).map { _ in Int.random(in: 0...10, using: &random) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<60 {
        group.addTask {
          try await gate.places.withPermit {
            #expect(running.add() <= maximum)
            for _ in 0..<yields[index] { await Task.yield() }
            running.add(-1)
            if yields[index] % 3 == 0 {
              gate.limited(pause: nil, at: .seconds(index))
            } else {
              gate.succeeded()
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(running.value == 0)
    #expect(gate.places.inUse == 0)
    #expect((1...maximum).contains(gate.width))
    #expect(gate.places.permits == gate.width)
  }
}
