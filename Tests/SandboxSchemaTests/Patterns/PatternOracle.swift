/// A small regular expression that is matched by trying everything, to compare with.
indirect enum PatternOracle: Sendable {
  case nothing
  case literal(Unicode.Scalar)
  /// As it is written, and what it has.
  case set(source: String, members: Set<Unicode.Scalar>, isNegated: Bool)
  case sequence([PatternOracle])
  case choice([PatternOracle])
  case repeated(PatternOracle, Int, Int?, isLazy: Bool)
  case start, end, wordBoundary, noWordBoundary
  case look(PatternOracle, isAhead: Bool, isNegated: Bool)

  var source: String {
    switch self {
    case .nothing: return "(?:)"
    case .literal(let scalar):
      return scalar == "\n"
        ? "\\n" : ".-".unicodeScalars.contains(scalar) ? "\\x\(String(scalar.value, radix: 16))" : String(scalar)
    case .set(let source, _, _): return source
    case .sequence(let items): return items.map(\.source).joined()
    case .choice(let options): return "(?:\(options.map(\.source).joined(separator: "|")))"
    case .repeated(let body, let minimum, let maximum, let isLazy):
      let counts: String
      switch (minimum, maximum) {
      case (0, nil): counts = "*"
      case (1, nil): counts = "+"
      case (0, 1): counts = "?"
      case (_, nil): counts = "{\(minimum),}"
      case (_, let maximum?): counts = minimum == maximum ? "{\(minimum)}" : "{\(minimum),\(maximum)}"
      }
      return "(\(body.source))\(counts)\(isLazy ? "?" : "")"
    case .start: return "^"
    case .end: return "$"
    case .wordBoundary: return "\\b"
    case .noWordBoundary: return "\\B"
    case .look(let body, let isAhead, let isNegated):
      return "(?\(isAhead ? "" : "<")\(isNegated ? "!" : "=")\(body.source))"
    }
  }

  func isFound(in text: [Unicode.Scalar]) -> Bool {
    (0...text.count).contains { !ends(in: text, from: $0).isEmpty }
  }

  /// All places where a match that begins at `place` can end.
  private func ends(in text: [Unicode.Scalar], from place: Int) -> Set<Int> {
    switch self {
    case .nothing: return [place]
    case .literal(let scalar): return place < text.count && text[place] == scalar ? [place + 1] : []
    case .set(_, let members, let isNegated):
      return place < text.count && members.contains(text[place]) != isNegated ? [place + 1] : []
    case .sequence(let items):
      return items.reduce(into: [place]) { places, item in
        places = places.reduce(into: []) { $0.formUnion(item.ends(in: text, from: $1)) }
      }
    case .choice(let options): return options.reduce(into: []) { $0.formUnion($1.ends(in: text, from: place)) }
    case .repeated(let body, let minimum, let maximum, _):
      var found: Set<Int> = minimum == 0 ? [place] : []
      var places: Set<Int> = [place]
      // With more rounds than there are places, nothing new is found.
      for round in 1...max(1, min(maximum ?? .max, minimum + text.count + 1)) where maximum != 0 {
        places = places.reduce(into: []) { $0.formUnion(body.ends(in: text, from: $1)) }
        if round >= minimum { found.formUnion(places) }
      }
      return found
    case .start: return place == 0 ? [place] : []
    case .end: return place == text.count ? [place] : []
    case .wordBoundary: return Self.isBorder(place, in: text) ? [place] : []
    case .noWordBoundary: return Self.isBorder(place, in: text) ? [] : [place]
    case .look(let body, let isAhead, let isNegated):
      let holds =
        isAhead
        ? !body.ends(in: text, from: place).isEmpty
        : (0...place).contains { body.ends(in: text, from: $0).contains(place) }
      return holds != isNegated ? [place] : []
    }
  }

  private static func isBorder(_ place: Int, in text: [Unicode.Scalar]) -> Bool {
    func isWord(_ place: Int) -> Bool {
      text.indices.contains(place) && text[place].isASCII && (text[place].properties.isAlphabetic || text[place] == "_")
    }
    return isWord(place - 1) != isWord(place)
  }
}
