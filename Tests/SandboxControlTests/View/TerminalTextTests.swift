import SandboxControl
import Testing

@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("plain text", "plain text"), ("  a\n\tb \r\n c  ", "a b c"), ("\u{1B}[31mred\u{1B}[0m", "[31mred[0m"),
    ("a\u{0}b\u{7}c\u{7F}d\u{9B}e", "abcde"), ("\u{202E}evil\u{202C}\u{2066}x\u{2069}\u{200F}", "evilx"),
    ("zero\u{200B}\u{200D}\u{FEFF}width", "zerowidth"), ("a\u{A0}b\u{3000}c\u{2028}d\u{85}e", "a b c d e"),
    ("x\u{E0041}\u{FE0F}\u{E000}y", "xy"), ("e\u{301}", "e\u{301}"), ("日本 👍", "日本 👍"), ("", ""), (" \n", ""),
    ("z\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}!", "z\u{300}\u{300}\u{300}!"),
  ])
  func aLineIsSafe(text: String, safe: String) {
    #expect(Array(TerminalText.line(text).unicodeScalars) == Array(safe.unicodeScalars))
  }

  @Test func aBlockKeepsItsLines() {
    let text = "one\r\n\ttwo\u{1B}]0;title\u{7}\u{202E}\n\nthree\u{2028}four\u{8}"
    #expect(TerminalText.block(text) == "one\n    two]0;title\n\nthree\nfour")
  }

  @Test(arguments: [
    ("abc", 3), ("", 0), ("日本", 4), ("e\u{301}", 1), ("👍", 2), ("✓▸…", 3), ("ｆ", 2), ("한", 2), ("ü", 1),
  ])
  func knowsHowWideTextIs(text: String, columns: Int) {
    #expect(TerminalText.width(text) == columns)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("日本語", 6, "日本語"),
    ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 2, "…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
  ])
  func cutsToTheColumnsThereAre(text: String, columns: Int, cut: String) {
    #expect(TerminalText.fitted(text, columns: columns) == cut)
  }

  /// No character of Unicode that can steer a terminal gets through, alone or among others.
  @Test func noCharacterSteersTheTerminal() {
    for value in 0...UInt32(0x10FFFF) {
      guard value < 0x3000 || value > 0xD000, value < 0x20000 || value > 0xE0000 else { continue }
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "a\(Character(scalar))b"
      for kept in TerminalText.line(text).unicodeScalars where !isHarmless(kept) {
        Issue.record("U+\(value) in a line")
      }
      for kept in TerminalText.block(text).unicodeScalars where !isHarmless(kept) && kept != "\n" {
        Issue.record("U+\(value) in a block")
      }
    }
  }

  private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
    default: !scalar.properties.isBidiControl && !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
