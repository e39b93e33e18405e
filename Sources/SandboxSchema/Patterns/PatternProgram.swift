/// What a pattern is compiled to: one automaton for it and one for each of its lookarounds.
struct PatternProgram: Sendable {
  enum Instruction: Sendable {
    case scalar(UInt32)
    /// Any scalar of this one of the sets.
    case set(Int)
    case jump(Int)
    case split(Int, Int)
    case assertion(PatternAssertion)
    case look(Int, isNegated: Bool)
    case accept
  }

  struct Automaton: Sendable {
    var instructions: [Instruction]
    /// Whether it reads the text from its end: a lookahead that is found that way knows all of its places after one
    /// pass, where trying it at each place could take quadratic time.
    let isBackward: Bool
  }

  /// Each after those that it refers to.
  let lookarounds: [Automaton]
  let main: Automaton
  let sets: [ScalarSet]
  let isAnchored: Bool
  /// What a match can begin with in ASCII; nil when it can begin with anything, or need not have a first scalar.
  let starts: ASCIISet?

  init(lookarounds: [Automaton], main: Automaton, sets: [ScalarSet], isAnchored: Bool) {
    self.lookarounds = lookarounds
    self.main = main
    self.sets = sets
    self.isAnchored = isAnchored
    starts = Self.starts(of: main.instructions, sets: sets)
  }

  var size: Int { lookarounds.reduce(main.instructions.count) { $0 + $1.instructions.count } }

  private static func starts(of instructions: [Instruction], sets: [ScalarSet]) -> ASCIISet? {
    var starts = ASCIISet()
    var isSeen = Array(repeating: false, count: instructions.count)
    var open = [0]
    while let index = open.popLast() {
      guard !isSeen[index] else { continue }
      isSeen[index] = true
      switch instructions[index] {
      case .scalar(let value): if value < ASCIISet.limit { starts.insert(value) }
      case .set(let set): starts.formUnion(sets[set].ascii)
      case .jump(let target): open.append(target)
      case .split(let first, let second): open += [first, second]
      case .assertion, .look, .accept: return nil
      }
    }
    return starts
  }
}
