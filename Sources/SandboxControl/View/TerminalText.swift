/// Foreign text made safe for a terminal: what a tool, a model or a user wrote can neither move the cursor, nor colour or
/// reorder anything, nor hide itself. And how many columns text takes.
package enum TerminalText {
  /// The text on one line: control, format and other invisible characters are left out, any white space becomes one
  /// space. Looks at no more than `limit` characters.
  package static func line(_ text: String, limit: Int = 1_000) -> String {
    var result = String.UnicodeScalarView()
    var marks = 0
    for scalar in text.unicodeScalars.prefix(limit) {
      if scalar.properties.isWhitespace {
        if result.last != " ", !result.isEmpty { result.append(" ") }
      } else if isVisible(scalar, &marks) {
        result.append(scalar)
      }
    }
    if result.last == " " { result.removeLast() }
    return String(result)
  }

  /// The text with its line breaks, safe in the same way; a tab becomes four spaces.
  package static func block(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var marks = 0
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\u{2028}", "\u{2029}": result.append("\n")
      case "\t": result.append(contentsOf: "    ".unicodeScalars)
      default:
        if scalar.properties.generalCategory == .spaceSeparator {
          result.append(" ")
        } else if isVisible(scalar, &marks) {
          result.append(scalar)
        }
      }
    }
    return String(result)
  }

  /// Columns that safe text takes: two for wide characters, none for marks on the character before. Where terminals
  /// differ it is the larger number.
  package static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  /// Safe text cut to at most `columns`, with an ellipsis where something is missing.
  package static func fitted(_ text: String, columns: Int) -> String {
    guard width(text) > columns else { return text }
    guard columns > 0 else { return "" }
    var result = String.UnicodeScalarView()
    var left = columns - 1
    for scalar in text.unicodeScalars {
      left -= width(scalar)
      if left < 0 { break }
      result.append(scalar)
    }
    result.append("…")
    return String(result)
  }

  /// - Parameter marks: how many marks stand above each other already; a tower of them would cover other lines.
  private static func isVisible(_ scalar: Unicode.Scalar, _ marks: inout Int) -> Bool {
    if (0x20..<0x7F).contains(scalar.value) {
      marks = 0
      return true
    }
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint { return false }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
    case .nonspacingMark, .enclosingMark:
      marks += 1
      return marks <= 3
    default:
      marks = 0
      return true
    }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x16FE0...0x18CFF, 0x1AFF0...0x1B2FB, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default:
      return scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }
}
