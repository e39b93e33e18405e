/// Forms of a name in which names that people confuse are the same.
enum LookAlike {
  /// Case set aside: what the bus tells tools apart by.
  static func folded(_ name: String) -> String { ToolRegistry.folded(name) }

  /// Characters that look alike in common typefaces set aside: `0` and `O`, `1`, `l` and `I`, `-`, `_` and a space,
  /// `rn` and `m`, `vv` and `w`.
  static func skeleton(_ name: String) -> String {
    let letters = String(name.map(lookAlike)).lowercased()
    return replacing("vv", in: replacing("rn", in: letters, by: "m"), by: "w")
  }

  private static func lookAlike(_ character: Character) -> Character {
    switch character {
    case "0", "O": "o"
    case "1", "I": "l"
    case "-", " ": "_"
    default: character
    }
  }

  private static func replacing(_ pair: String, in text: String, by letter: Character) -> String {
    var result = ""
    var rest = text[...]
    while !rest.isEmpty {
      if rest.hasPrefix(pair) {
        result.append(letter)
        rest = rest.dropFirst(pair.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
