/// One automaton on its way through a text: all states that it can be in at once. Each is entered once at each place,
/// so that the time is bounded by places times instructions.
struct PatternRun {
  private let instructions: [PatternProgram.Instruction]
  private let sets: [ScalarSet]
  /// Where each of the program's lookarounds holds.
  private let lookarounds: [PositionSet]
  /// Steps that are left.
  private(set) var work: Int
  /// Instructions that wait for the next scalar.
  private var waiting: [Int] = []
  /// Instructions to go on with at the next place.
  private var arriving: [Int] = []
  /// The round in which each instruction was last entered.
  private var entered: [Int]
  private var round = 0

  init(_ automaton: PatternProgram.Automaton, sets: [ScalarSet], lookarounds: [PositionSet], work: Int) {
    instructions = automaton.instructions
    self.sets = sets
    self.lookarounds = lookarounds
    self.work = work
    entered = Array(repeating: 0, count: instructions.count)
  }

  var isStuck: Bool { waiting.isEmpty }

  /// Follows everything that takes no scalar; returns whether a match ends here.
  mutating func arrive(at place: Int, before: Unicode.Scalar?, after: Unicode.Scalar?, isSeeded: Bool) -> Bool {
    round += 1
    waiting.removeAll(keepingCapacity: true)
    if isSeeded { arriving.append(0) }
    var isMatch = false
    while let index = arriving.popLast() {
      guard entered[index] != round else { continue }
      entered[index] = round
      work -= 1
      switch instructions[index] {
      case .scalar, .set: waiting.append(index)
      case .jump(let target): arriving.append(target)
      case .split(let first, let second):
        arriving.append(second)
        arriving.append(first)
      case .assertion(let assertion):
        if assertion.holds(before: before, after: after) { arriving.append(index + 1) }
      case .look(let lookaround, let isNegated):
        if lookarounds[lookaround].contains(place) != isNegated { arriving.append(index + 1) }
      case .accept: isMatch = true
      }
    }
    work -= 1
    return isMatch
  }

  mutating func consume(_ scalar: Unicode.Scalar) {
    for index in waiting {
      switch instructions[index] {
      case .scalar(scalar.value): arriving.append(index + 1)
      case .set(let set):
        work -= sets[set].cost
        if sets[set].contains(scalar) { arriving.append(index + 1) }
      default: break
      }
    }
  }
}

extension PatternAssertion {
  func holds(before: Unicode.Scalar?, after: Unicode.Scalar?) -> Bool {
    switch self {
    case .start: before == nil
    case .end: after == nil
    case .wordBoundary: Self.isWord(before) != Self.isWord(after)
    case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map(ScalarSet.word.contains) ?? false
  }
}
