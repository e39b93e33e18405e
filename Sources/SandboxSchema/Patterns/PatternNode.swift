/// A part of a parsed pattern. Captures, and whether a quantifier is lazy, make no difference to whether there is a
/// match, so they are not kept.
indirect enum PatternNode: Sendable {
  case empty
  case scalar(UInt32)
  case set(ScalarSet)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// Without `maximum` for any number of times.
  case repeated(PatternNode, minimum: Int, maximum: Int?)
  case assertion(PatternAssertion)
  /// `id` is the same for all copies that a counted repetition makes.
  case look(PatternNode, id: Int, isAhead: Bool, isNegated: Bool)

  /// Whether a match can only begin where the text does.
  var isAnchored: Bool {
    switch self {
    case .assertion(.start): true
    case .sequence(let items): items.first?.isAnchored ?? false
    case .choice(let options): options.allSatisfy(\.isAnchored)
    case .repeated(let body, let minimum, _): minimum > 0 && body.isAnchored
    case .empty, .scalar, .set, .assertion, .look: false
    }
  }

  var isEmpty: Bool {
    if case .empty = self { true } else { false }
  }
}

enum PatternAssertion: Sendable {
  case start, end, wordBoundary, noWordBoundary
}
