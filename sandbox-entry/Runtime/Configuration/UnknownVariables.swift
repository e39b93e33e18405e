/// Finds variables that look like ours but are not, so that a misspelt limit is not silently ignored.
enum UnknownVariables {
  static func warnings(in environment: [String: String]) -> [String] {
    let known = Set(Variable.allCases.map(\.rawValue)).union(Variable.alsoKnown)
    return environment.keys.sorted().compactMap { name in
      guard name.hasPrefix("AGENT_"), !known.contains(name) else { return nil }
      let variable = name.hasSuffix("_FILE") ? String(name.dropLast(5)) : name
      if known.contains(variable) { return nil }
      let nearest = known.min { order($0, variable) < order($1, variable) }
      return "\(name) is not a variable of this program" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }
  }

  /// The nearest comes first; of those equally near the one that begins the same.
  private static func order(_ candidate: String, _ name: String) -> (Int, Int, String) {
    let common = zip(candidate.utf8, name.utf8).prefix { $0 == $1 }.count
    return (distance(candidate, name), -common, candidate)
  }

  /// How many letters must be changed, added or dropped to make one name the other.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (i, a) in left.utf8.enumerated() {
      var previous = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substitution = previous + (a == b ? 0 : 1)
        previous = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
