import SandboxCore

/// Turns a parsed pattern into a program, counted repetitions written out.
struct PatternCompiler {
  private typealias Instruction = PatternProgram.Instruction

  private let source: String
  private var instructions: [Instruction] = []
  private var isBackward = false
  private var finishedInstructions = 0
  private var sets: [ScalarSet] = []
  private var setIndices: [ScalarSet: Int] = [:]
  private var lookarounds: [PatternProgram.Automaton] = []
  private var lookaroundIndices: [Int: Int] = [:]

  static func compile(_ pattern: PatternNode, source: String) throws(SandboxError) -> PatternProgram {
    var compiler = PatternCompiler(source: source)
    let main = try compiler.automaton(for: pattern, isBackward: false)
    return PatternProgram(
      lookarounds: compiler.lookarounds, main: main, sets: compiler.sets, isAnchored: pattern.isAnchored)
  }

  private init(source: String) { self.source = source }

  private mutating func automaton(
    for node: PatternNode, isBackward: Bool
  ) throws(SandboxError) -> PatternProgram.Automaton {
    let outer = (instructions: instructions, isBackward: self.isBackward)
    finishedInstructions += outer.instructions.count
    (instructions, self.isBackward) = ([], isBackward)
    try emit(node)
    try append(.accept)
    let automaton = PatternProgram.Automaton(instructions: instructions, isBackward: isBackward)
    finishedInstructions += instructions.count - outer.instructions.count
    (instructions, self.isBackward) = outer
    return automaton
  }

  private mutating func emit(_ node: PatternNode) throws(SandboxError) {
    switch node {
    case .empty: break
    case .scalar(let value): try append(.scalar(value))
    case .set(let set): try append(.set(index(of: set)))
    case .sequence(let items): for item in isBackward ? items.reversed() : items { try emit(item) }
    case .choice(let options): try emitChoice(options)
    case .repeated(let body, let minimum, let maximum): try emitRepeated(body, minimum: minimum, maximum: maximum)
    case .assertion(let assertion): try append(.assertion(assertion))
    case .look(let body, let id, let isAhead, let isNegated):
      try append(.look(lookaround(body, id: id, isAhead: isAhead), isNegated: isNegated))
    }
  }

  private mutating func emitChoice(_ options: [PatternNode]) throws(SandboxError) {
    var ends: [Int] = []
    for option in options.dropLast() {
      let split = instructions.count
      try append(.split(split + 1, 0))
      try emit(option)
      ends.append(instructions.count)
      try append(.jump(0))
      instructions[split] = .split(split + 1, instructions.count)
    }
    if let last = options.last { try emit(last) }
    for end in ends { instructions[end] = .jump(instructions.count) }
  }

  /// The parser leaves no repetition of nothing, so that each round emits something and the limit on instructions ends
  /// this.
  private mutating func emitRepeated(_ body: PatternNode, minimum: Int, maximum: Int?) throws(SandboxError) {
    for _ in 0..<minimum { try emit(body) }
    guard let maximum else {
      let loop = instructions.count
      try append(.split(loop + 1, 0))
      try emit(body)
      try append(.jump(loop))
      instructions[loop] = .split(loop + 1, instructions.count)
      return
    }
    var exits: [Int] = []
    for _ in minimum..<maximum {
      exits.append(instructions.count)
      try append(.split(0, 0))
      try emit(body)
    }
    for exit in exits { instructions[exit] = .split(exit + 1, instructions.count) }
  }

  private mutating func append(_ instruction: Instruction) throws(SandboxError) {
    guard finishedInstructions + instructions.count < Pattern.maximumInstructions else {
      throw SandboxError(
        .unsupported,
        """
        the pattern \(source.quotedPattern) is too large: its repetitions written out, it has more than \
        \(Pattern.maximumInstructions) steps; use smaller counts, or minLength and maxLength
        """)
    }
    instructions.append(instruction)
  }

  private mutating func index(of set: ScalarSet) -> Int {
    if let known = setIndices[set] { return known }
    setIndices[set] = sets.count
    sets.append(set)
    return sets.count - 1
  }

  private mutating func lookaround(_ body: PatternNode, id: Int, isAhead: Bool) throws(SandboxError) -> Int {
    if let known = lookaroundIndices[id] { return known }
    let automaton = try automaton(for: body, isBackward: isAhead)
    lookarounds.append(automaton)
    lookaroundIndices[id] = lookarounds.count - 1
    return lookarounds.count - 1
  }
}
