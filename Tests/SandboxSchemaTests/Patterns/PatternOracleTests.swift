import SandboxSchema
import Testing

@Suite struct PatternOracleTests {
  /// SplitMix64.
  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let alphabet = Array("ab-é🐉\n".unicodeScalars)
  private static let sets: [PatternOracle] = [
    .set(source: "[ab]", members: ["a", "b"], isNegated: false),
    .set(source: "[^a]", members: ["a"], isNegated: true),
    .set(source: ".", members: ["\n"], isNegated: true),
    .set(source: "\\w", members: ["a", "b"], isNegated: false),
    .set(source: "\\W", members: ["a", "b"], isNegated: true),
    .set(source: "[\\s\\-]", members: ["-", "\n"], isNegated: false),
    .set(source: "[^\\u{80}-\\u{10FFFF}b]", members: ["é", "🐉", "b"], isNegated: true),
    .set(source: "\\p{L}", members: ["a", "b", "é"], isNegated: false),
  ]

  private static func pattern(depth: Int, _ random: inout Random) -> PatternOracle {
    switch Int.random(in: 0..<(depth == 0 ? 10 : 26), using: &random) {
    case 0..<5: return .literal(alphabet.randomElement(using: &random) ?? "a")
    case 5..<8: return sets.randomElement(using: &random) ?? .nothing
    case 8: return [.start, .end, .wordBoundary, .noWordBoundary].randomElement(using: &random) ?? .start
    case 9: return .nothing
    case 10..<16:
      return .sequence((0..<Int.random(in: 1...4, using: &random)).map { _ in pattern(depth: depth - 1, &random) })
    case 16..<19:
      return .choice((0..<Int.random(in: 1...3, using: &random)).map { _ in pattern(depth: depth - 1, &random) })
    case 19..<24:
      let minimum = Int.random(in: 0...2, using: &random)
      let maximum = Bool.random(using: &random) ? nil : minimum + Int.random(in: 0...2, using: &random)
      return .repeated(pattern(depth: depth - 1, &random), minimum, maximum, isLazy: Bool.random(using: &random))
    default:
      return .look(
        pattern(depth: depth - 1, &random), isAhead: Bool.random(using: &random), isNegated: Bool.random(using: &random)
      )
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func findsWhatTryingEverythingFinds(seed: UInt64) throws {
    var random = Random(state: seed)
    var found = 0
    for _ in 0..<250 {
      let oracle = Self.pattern(depth: 4, &random)
      let pattern = try Pattern(oracle.source)
      for _ in 0..<4 {
        let length = Int.random(in: 0...8, using: &random)
        let text = (0..<length).map { _ in Self.alphabet.randomElement(using: &random) ?? "a" }
        let expected = oracle.isFound(in: text)
        found += expected ? 1 : 0
        #expect(
          pattern.isFound(in: String(String.UnicodeScalarView(text))) == expected,
          "\(oracle.source.debugDescription) in \(String(String.UnicodeScalarView(text)).debugDescription)")
      }
    }
    #expect((200...900).contains(found), "both answers must be tried: \(found)")
  }
}
