import SandboxTestKit
import SandboxCore
import Testing

@Suite struct RateTests {
  /// Random arrivals, some of which wait as long as they are told: no window of 60 s ever holds more than the capacity.
  @Test func aSlidingWindowNeverHoldsMoreThanItsCapacity() {
    var random = SeededGenerator(seed: 5)
    for round in 0..<300 {
      let capacity = Int.random(in: 1...20, using: &random)
      var window = SlidingWindow(capacity: capacity)
      var now = Duration.seconds(Int64.random(in: 0...1_000, using: &random))
      var charged: [Duration] = []
      for _ in 0..<400 {
        now += .milliseconds(Int64.random(in: 0...(60_000 / Int64(capacity)), using: &random))
        guard let delay = window.charge(at: now) else {
          charged.append(now)
          continue
        }
        if delay <= .zero || delay > .seconds(60) { Issue.record("round \(round): told to wait \(delay)") }
        guard random.next() % 2 == 0 else { continue }
        if window.charge(at: now + delay - .nanoseconds(1)) == nil { Issue.record("round \(round): let in early") }
        now += delay
        if window.charge(at: now) != nil { Issue.record("round \(round): still refused after the delay") }
        charged.append(now)
      }
      for index in charged.indices.dropFirst(capacity)
      where charged[index] - charged[index - capacity] < .seconds(60) {
        Issue.record("round \(round): \(capacity + 1) within \(charged[index] - charged[index - capacity])")
      }
    }
  }

  @Test func aFullWindowOpensExactlyWhenTheOldestLeaves() {
    var window = SlidingWindow(capacity: 2, length: .seconds(10))
    #expect(window.charge(at: .seconds(1)) == nil)
    #expect(window.charge(at: .seconds(4)) == nil)
    #expect(window.charge(at: .seconds(5)) == .seconds(6))
    #expect(window.charge(at: .seconds(11)) == nil)
    #expect(window.charge(at: .seconds(11)) == .seconds(3))
    var least = SlidingWindow(capacity: -3)
    #expect(least.capacity == 1)
    #expect(least.charge(at: .zero) == nil && least.charge(at: .zero) == .seconds(60))
  }

  /// The window forgets what has left it, over far more charges than it keeps.
  @Test func aSlidingWindowStaysRightOverManyCharges() {
    var window = SlidingWindow(capacity: 100, length: .seconds(1))
    var charged = 0
    for step in 0..<100_000 where window.charge(at: .milliseconds(Int64(step))) == nil { charged += 1 }
    #expect(charged == 10_000)
  }
}
