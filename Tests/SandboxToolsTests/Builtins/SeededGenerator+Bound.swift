import SandboxTestKit

extension SeededGenerator {
  mutating func next(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
