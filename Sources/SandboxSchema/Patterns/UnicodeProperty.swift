/// A property of scalars as `\p{…}` names it.
struct UnicodeProperty: Sendable {
  /// The name as it is listed first.
  let name: String
  private let holds: @Sendable (Unicode.Scalar) -> Bool
  var isNegated = false

  enum Lookup {
    case known(UnicodeProperty)
    /// A property of ECMA-262 that the standard library does not tell.
    case beyondUs
    case unknown
  }

  init(_ name: String, _ holds: @escaping @Sendable (Unicode.Scalar) -> Bool) {
    self.name = name
    self.holds = holds
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool { holds(scalar) != isNegated }

  /// Names are exact, as in ECMA-262: `Lu`, `Uppercase_Letter`, `General_Category=Lu`, `gc=Lu`, `Alphabetic`, `Alpha`.
  static func named(_ text: String) -> Lookup {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      if let known = categories[text] ?? binaries[text] { return .known(known) }
      return beyondUs.contains(text) ? .beyondUs : .unknown
    }
    switch parts[0] {
    case "General_Category", "gc": return categories[parts[1]].map(Lookup.known) ?? .unknown
    case "Script", "sc", "Script_Extensions", "scx": return .beyondUs
    default: return .unknown
    }
  }

  private static let beyondUs: Set<String> = ["Emoji_Component", "EComp", "Extended_Pictographic", "ExtPict"]
}

extension UnicodeProperty: Hashable {
  static func == (left: UnicodeProperty, right: UnicodeProperty) -> Bool {
    left.name == right.name && left.isNegated == right.isNegated
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(isNegated)
  }
}
