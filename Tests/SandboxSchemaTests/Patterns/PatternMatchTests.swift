import SandboxSchema
import Testing

@Suite struct PatternMatchTests {
  private func expect(_ source: String, finds: [String], not others: [String]) throws {
    let pattern = try Pattern(source)
    for text in finds { #expect(pattern.isFound(in: text), "\(source) in \(text.debugDescription)") }
    for text in others { #expect(!pattern.isFound(in: text), "\(source) not in \(text.debugDescription)") }
  }

  /// All patterns of the official suite of JSON Schema.
  @Test func patternsOfTheSchemaSuite() throws {
    try expect("f.*o", finds: ["fo", "foooooo", "xfxox"], not: ["foo".uppercased(), "of", "f\no"])
    try expect("^.*bar$", finds: ["bar", "foobar"], not: ["barx", "\nbar"])
    try expect("aaa*", finds: ["aa", "aaaa"], not: ["a", "aba"])
    try expect("a*", finds: ["", "b"], not: [])
    try expect("^a*$", finds: ["", "aaa"], not: ["aab", "a\n"])
    try expect("^a+$", finds: ["a"], not: ["", "ab"])
    try expect("[0-9]{2,}", finds: ["12", "a31b", "123"], not: ["1", "1a2"])
    try expect("X_", finds: ["aX_b"], not: ["x_", "X-"])
    try expect("^á", finds: ["áb"], not: ["a\u{301}", "bá"])
    try expect("^\\p{Letter}+$", finds: ["Hello", "été", "漢字"], not: ["", "a1", "a b"])
  }

  @Test func literalsAndAlternatives() throws {
    try expect("abc", finds: ["abc", "xxabcxx", "ababc"], not: ["", "ab", "acb"])
    try expect("a|bc|", finds: ["", "zzz"], not: [])
    try expect("^(?:a|bc|def)$", finds: ["a", "bc", "def"], not: ["", "ab", "de"])
    try expect("^(a|ab)(c|bcd)$", finds: ["ac", "abc", "abcd", "abbcd"], not: ["abbc", "a"])
    try expect("🐉", finds: ["a🐉"], not: ["🐲"])
    try expect("\u{301}", finds: ["e\u{301}"], not: ["\u{E9}"])
  }

  @Test func quantifiers() throws {
    try expect("^a{2,3}$", finds: ["aa", "aaa"], not: ["a", "aaaa"])
    try expect("^a{2,}?$", finds: ["aa", "aaaaa"], not: ["a"])
    try expect("^(ab){2}$", finds: ["abab"], not: ["ab", "ababab"])
    try expect("^(a?){3}b$", finds: ["b", "ab", "aaab"], not: ["aaaab"])
    try expect("^(a*)*$", finds: ["", "aaa"], not: ["b"])
    try expect("^(?:a{0}b){2}$", finds: ["bb"], not: ["ab", "b"])
    try expect("^(?:(?:){1000000000}){1000000000}$", finds: [""], not: ["a"])
  }

  @Test func classes() throws {
    try expect("^[]$", finds: [], not: ["", "a"])
    try expect("^[^]$", finds: ["a", "\n", "🐉"], not: ["", "ab"])
    try expect("^[a-c\\]x-]$", finds: ["a", "c", "]", "x", "-"], not: ["d", "[", "\\"])
    try expect("^[^a-c\\n]$", finds: ["d", "é", "\r"], not: ["a", "b", "\n"])
    try expect("^[\u{1F400}-\u{1F4FF}]$", finds: ["🐉"], not: ["a", "\u{1F500}"])
    try expect("^[\\uD83D\\uDC09]$", finds: ["🐉"], not: ["\u{FFFD}"])
    try expect("^[+--]$", finds: ["+", ",", "-"], not: ["*", "."])
    try expect("^[\\b\\-]$", finds: ["\u{8}", "-"], not: ["b"])
    // Not strict, but what other dialects take it for.
    try expect("^[\\w-.]$", finds: ["a", "-", "."], not: ["+"])
    try expect("^[a-\\d]$", finds: ["a", "-", "7"], not: ["b"])
    try expect("^\\-\\_\\@\\ $", finds: ["-_@ "], not: ["\\-_@ "])
    try expect("^[^\\p{L}\\d_]$", finds: ["-", "²"], not: ["x", "é", "1", "_"])
    try expect("^[\\P{L}x]$", finds: ["1", "x"], not: ["y"])
    try expect("^.$", finds: ["a", "🐉", "\u{85}"], not: ["\n", "\r", "\u{2028}", "\u{2029}", ""])
  }

  @Test func escapes() throws {
    try expect("^\\t\\n\\v\\f\\r\\0\\cA\\cz$", finds: ["\t\n\u{B}\u{C}\r\0\u{1}\u{1A}"], not: [""])
    try expect("^\\x41\\u0042\\u{43}\\u{1F409}\\uD83D\\uDC09$", finds: ["ABC🐉🐉"], not: ["ABC🐉"])
    try expect("^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/$", finds: ["^$\\.*+?()[]{}|/"], not: [""])
    try expect("\\uD83D", finds: [], not: ["🐉", "\u{FFFD}"])
    try expect("\\uD83D\\u0041", finds: [], not: ["🐉A", "A"])
    try expect("^\\u{D83D}\\u{DC09}$", finds: [], not: ["🐉"])
    try expect("^\\d$", finds: ["0", "9"], not: ["٣", "a", "９"])
    try expect("^\\D$", finds: ["٣", "a", "\n"], not: ["0"])
    try expect("^\\w$", finds: ["a", "Z", "0", "_"], not: ["é", "-", "ſ", "\u{212A}"])
    try expect("^\\W$", finds: ["é", "-"], not: ["a", "_"])
    try expect("^\\S$", finds: ["a", "\u{200B}", "\u{85}", "\u{180E}"], not: [" ", "\u{FEFF}"])
    try expect("^[^\\S\\n]$", finds: [" ", "\t"], not: ["\n", "a"])
  }

  @Test(
    arguments: "\t\n\u{B}\u{C}\r \u{A0}\u{1680}\u{2000}\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}"
      .unicodeScalars)
  func spacesOfECMA(_ scalar: Unicode.Scalar) throws {
    try expect("^\\s$", finds: [String(scalar)], not: [])
  }

  @Test func properties() throws {
    try expect("^\\p{Lu}$", finds: ["A", "É", "Ω"], not: ["a", "1", "漢"])
    try expect("^\\p{Lowercase_Letter}$", finds: ["a", "é"], not: ["A"])
    try expect("^\\P{Lu}$", finds: ["a", "1"], not: ["A"])
    try expect("^\\p{LC}$", finds: ["a", "A", "ǅ"], not: ["漢", "1"])
    try expect("^\\p{Nd}$", finds: ["1", "٣"], not: ["²", "Ⅷ"])
    try expect("^\\p{N}$", finds: ["1", "٣", "²", "Ⅷ"], not: ["a"])
    try expect("^\\p{digit}$", finds: ["٣"], not: ["a"])
    try expect("^\\p{P}$", finds: ["!", "_", "«", "-"], not: ["+", "a"])
    try expect("^\\p{Sc}$", finds: ["€", "$"], not: ["e"])
    try expect("^\\p{Zs}$", finds: [" ", "\u{3000}"], not: ["\n", "\u{2028}"])
    try expect("^\\p{C}$", finds: ["\0", "\u{E000}", "\u{378}", "\u{AD}"], not: ["a"])
    try expect("^\\p{Cs}$", finds: [], not: ["a", "🐉"])
    try expect("^\\p{ASCII}$", finds: ["a", "\u{7F}"], not: ["\u{80}"])
    try expect("^\\p{Alphabetic}$", finds: ["a", "Ⅷ"], not: ["1"])
    try expect("^\\p{Emoji}$", finds: ["😀", "#"], not: ["a"])
    try expect("^\\p{Any}\\P{Any}?$", finds: ["\u{378}"], not: [""])
    try expect("^\\p{Assigned}$", finds: ["a"], not: ["\u{378}"])
    try expect("^\\p{RI}{2}$", finds: ["🇩🇪"], not: ["DE"])
    try expect("^\\p{White_Space}$", finds: ["\u{85}"], not: ["\u{FEFF}"])
    try expect("^\\p{XIDS}?$", finds: ["a", ""], not: ["1"])
  }

  @Test func anchorsAndBorders() throws {
    try expect("^a$", finds: ["a"], not: ["a\n", "\na", "ba"])
    try expect("$^", finds: [""], not: ["a"])
    try expect("(^a|b$)", finds: ["ax", "xb"], not: ["xa", "bx"])
    try expect("a^b", finds: [], not: ["ab"])
    try expect("(?:^|,)x", finds: ["x", "a,x"], not: ["ax"])
    try expect("\\bfoo\\b", finds: ["foo", "a foo-b"], not: ["foobar", "_foo"])
    try expect("\\Bo\\B", finds: ["foob", "boo1"], not: ["o", "fo", "of"])
    try expect("^\\b$", finds: [], not: [""])
    try expect("^\\B$", finds: [""], not: ["a"])
    try expect("é\\b", finds: ["éa"], not: ["é", "é "])
  }

  @Test func lookarounds() throws {
    try expect("^(?=.*\\d)(?=.*[a-z])(?!.*\\s).{8,}$", finds: ["passw0rd"], not: ["password", "pass w0rd", "pw0"])
    try expect("^(?!\\.)(?!.*\\.\\.)[a-z.]+$", finds: ["a.b"], not: [".a", "a..b"])
    try expect("q(?!u)", finds: ["iraq", "qa"], not: ["qu"])
    try expect("(?<=\\$)\\d+", finds: ["cost $5"], not: ["cost 5", "$ 5"])
    try expect("(?<!\\$)\\b\\d+", finds: ["5"], not: ["$5"])
    try expect("^(?:(?!ab).)*$", finds: ["", "ba", "acb"], not: ["ab", "xxabx"])
    try expect("(?=a(?!b)(?<=xa))a", finds: ["xac", "xa"], not: ["xab", "a"])
    try expect("^(?:(?=a)a){3}$", finds: ["aaa"], not: ["aa", "aba"])
    try expect("(?=$)", finds: ["", "abc"], not: [])
    try expect("a(?=^)", finds: [], not: ["a", "aa"])
    try expect("(?<=^)b", finds: ["b"], not: ["ab"])
    try expect("(?<=^🐉+)b", finds: ["🐉🐉b"], not: ["b", "a🐉b"])
    try expect("(?!)", finds: [], not: ["", "a"])
    try expect("(?=)", finds: [""], not: [])
  }

  /// As generators of schemas write them.
  @Test func patternsOfSchemaGenerators() throws {
    try expect(
      "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
      finds: ["jo.doe+x@mail.example.com"], not: [".a@b.cd", "a..b@c.de", "a@b", "a@-b.cd"])
    try expect(
      "^(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*$", finds: ["1.5", "-0.", "+12"], not: ["", "-", "+.", "1e5"])
    try expect(
      "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
      finds: ["123e4567-e89b-12d3-a456-426614174000"], not: ["123e4567-e89b-62d3-a456-426614174000", ""])
    try expect("^\\d{4}-\\d{2}-\\d{2}$", finds: ["2026-01-31"], not: ["2026-1-31", "2026-01-31T"])
    try expect("^P(?!$)(\\d+Y)?(\\d+M)?(T(?=\\d)(\\d+H)?)?$", finds: ["P1Y", "PT5H"], not: ["P", "P1YT"])
  }
}
