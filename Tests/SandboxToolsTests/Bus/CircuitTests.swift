import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct CircuitTests {
  private static let breaker = ToolDefinition.Breaker(failures: 3, coolDown: .seconds(30))

  private func call(_ number: Int) -> CallID { CallID("c\(number)") }

  @Test func opensAfterFailuresInARow() {
    var circuit = Circuit()
    #expect(circuit.note(.unwell("a"), of: call(1), Self.breaker, at: .zero) == nil)
    #expect(circuit.note(.unwell("a"), of: call(2), Self.breaker, at: .zero) == nil)
    #expect(circuit.note(.well, of: call(3), Self.breaker, at: .zero) == nil)
    #expect(circuit.note(.unwell("a"), of: call(4), Self.breaker, at: .zero) == nil)
    #expect(circuit.note(.unknown, of: call(5), Self.breaker, at: .zero) == nil)
    #expect(circuit.note(.unwell("b"), of: call(6), Self.breaker, at: .zero) == nil)
    #expect(circuit.admit(call(7), at: .zero) == .pass)
    #expect(circuit.note(.unwell("c"), of: call(7), Self.breaker, at: .seconds(1)) == .open)
    #expect(circuit.failures == 3)
    #expect(circuit.lastFailure == "c")
    #expect(circuit.admit(call(8), at: .seconds(21)) == .refuse(next: .seconds(10)))
    // What began before the circuit opened changes nothing.
    #expect(circuit.note(.well, of: call(9), Self.breaker, at: .seconds(2)) == nil)
    #expect(circuit.note(.unwell("d"), of: call(9), Self.breaker, at: .seconds(2)) == nil)
    #expect(circuit.phase == .open(until: .seconds(31)))
    #expect(circuit.failures == 3)
  }

  @Test func coolsDownTwiceAsLongUpToFiveMinutes() {
    var circuit = Circuit()
    for number in 1...3 { _ = circuit.note(.unwell("x"), of: call(number), Self.breaker, at: .zero) }
    var now = Duration.seconds(30)
    for (number, expected) in [60, 120, 240, 300, 300].enumerated() {
      #expect(circuit.admit(call(10 + number), at: now) == .probe)
      #expect(circuit.admit(call(10 + number), at: now) == .pass)
      #expect(circuit.admit(call(99), at: now) == .refuse(next: nil))
      #expect(circuit.note(.unwell("x"), of: call(10 + number), Self.breaker, at: now) == .open)
      #expect(circuit.coolDown == .seconds(expected))
      now += .seconds(expected)
    }
    #expect(circuit.admit(call(50), at: now) == .probe)
    #expect(circuit.note(.well, of: call(50), Self.breaker, at: now) == .closed)
    #expect(circuit.phase == .closed)
    #expect(circuit.failures == 0)
  }

  @Test func aLongCoolDownStaysAsItIs() {
    let breaker = ToolDefinition.Breaker(failures: 0, coolDown: .seconds(900))
    var circuit = Circuit()
    #expect(circuit.note(.unwell("x"), of: call(1), breaker, at: .zero) == .open)
    #expect(circuit.admit(call(2), at: .seconds(900)) == .probe)
    #expect(circuit.note(.unwell("x"), of: call(2), breaker, at: .seconds(900)) == .open)
    #expect(circuit.coolDown == .seconds(900))
  }

  @Test func aProbeThatFoundNothingOutMakesRoom() {
    var circuit = Circuit()
    for number in 1...3 { _ = circuit.note(.unwell("x"), of: call(number), Self.breaker, at: .zero) }
    #expect(circuit.admit(call(4), at: .seconds(30)) == .probe)
    #expect(circuit.note(.unknown, of: call(4), Self.breaker, at: .seconds(30)) == nil)
    circuit.release(call(5), at: .seconds(31))
    #expect(circuit.admit(call(5), at: .seconds(31)) == .refuse(next: nil))
    circuit.release(call(4), at: .seconds(31))
    #expect(circuit.admit(call(5), at: .seconds(31)) == .probe)
  }

  /// Calls come, go and are given up in any order: never two find out at once, and nothing runs while it cools down.
  @Test(arguments: 0..<1000 as Range<UInt64>) func neverTwoProbes(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let breaker = ToolDefinition.Breaker(
      failures: .random(in: 1...6, using: &random), coolDown: .milliseconds(Int.random(in: 0...5000, using: &random)))
    var circuit = Circuit()
    var now = Duration.zero
    var running: Set<Int> = []
    var probes: Set<Int> = []
    var openUntil = Duration.zero
    for number in 0..<200 {
      now += .milliseconds(Int.random(in: 0...500, using: &random))
      if Bool.random(using: &random) {
        switch circuit.admit(call(number), at: now) {
        case .pass:
          running.insert(number)
          #expect(probes.isEmpty)
          #expect(now >= openUntil)
        case .probe:
          #expect(probes.isEmpty)
          #expect(now >= openUntil)
          probes.insert(number)
        case .refuse(let next): #expect(next.map { now + $0 <= openUntil } ?? !probes.isEmpty)
        }
      } else if let ended = (probes.isEmpty || Bool.random(using: &random) ? running : probes).min() {
        let health: ToolHealth = [.well, .unknown, .unwell("x"), .unwell("y")].randomElement(using: &random) ?? .well
        if circuit.note(health, of: call(ended), breaker, at: now) == .open { openUntil = now + circuit.coolDown }
        circuit.release(call(ended), at: now)
        running.remove(ended)
        probes.remove(ended)
      }
    }
  }
}
