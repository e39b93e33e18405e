/// Searches a text: first where each lookaround holds, in one pass for each, then for the pattern itself.
struct PatternMachine {
  private let program: PatternProgram
  private let text: String.UnicodeScalarView
  /// Steps that are left; negative when they did not suffice.
  private(set) var work: Int
  private var lookarounds: [PositionSet] = []

  init(program: PatternProgram, text: String.UnicodeScalarView, work: Int) {
    self.program = program
    self.text = text
    self.work = work
  }

  /// Nil when the work was used up.
  mutating func isFound() -> Bool? {
    if !program.lookarounds.isEmpty {
      let length = text.count
      for automaton in program.lookarounds {
        var places = PositionSet(count: length + 1)
        let note = { (place: Int) -> Bool in
          places.insert(place)
          return false
        }
        let end =
          automaton.isBackward
          ? travel(automaton, over: text.reversed().makeIterator(), from: length, by: -1, onMatch: note)
          : travel(automaton, over: text.makeIterator(), from: 0, by: 1, onMatch: note)
        guard end != nil else { return nil }
        lookarounds.append(places)
      }
    }
    return travel(
      program.main, over: text.makeIterator(), from: 0, by: 1, isAnchored: program.isAnchored, starts: program.starts
    ) { _ in true }
  }

  /// Calls `onMatch` for each place at which a match ends, in the order of travel, until it returns true; returns
  /// whether it did, nil when the work was used up.
  private mutating func travel(
    _ automaton: PatternProgram.Automaton, over scalars: some IteratorProtocol<Unicode.Scalar>, from start: Int,
    by step: Int, isAnchored: Bool = false, starts: ASCIISet? = nil, onMatch: (Int) -> Bool
  ) -> Bool? {
    var scalars = scalars
    var run = PatternRun(automaton, sets: program.sets, lookarounds: lookarounds, work: work)
    defer { work = run.work }
    var place = start
    var behind: Unicode.Scalar?
    var ahead = scalars.next()
    while true {
      let (before, after) = automaton.isBackward ? (ahead, behind) : (behind, ahead)
      let isSeeded = (!isAnchored || place == start) && Self.canStart(with: ahead, starts)
      let isMatch = run.arrive(at: place, before: before, after: after, isSeeded: isSeeded)
      guard run.work >= 0 else { return nil }
      if isMatch, onMatch(place) { return true }
      guard let scalar = ahead, !(isAnchored && run.isStuck) else { return false }
      run.consume(scalar)
      place += step
      behind = scalar
      ahead = scalars.next()
    }
  }

  private static func canStart(with scalar: Unicode.Scalar?, _ starts: ASCIISet?) -> Bool {
    guard let starts else { return true }
    guard let scalar else { return false }
    return scalar.value >= ASCIISet.limit || starts.contains(scalar.value)
  }
}
