import SandboxCore
import SandboxSchema
import Testing

@Suite struct PatternSyntaxTests {
  @Test(arguments: [
    "", "a|", "|", "(?:)", "()", "(?:)*", "a{0}", "a{0,0}b", "a{2}", "a{2,}", "a{2,3}", "a{2,3}?", "a*?", "a+?", "a??",
    "[]", "[^]", "[-a]", "[a-]", "[a-c-e]", "[[]", "[\\]]", "[\\-\\b]", "[^^]", "[\\w-]", "\\/", "\\0", "\\cZ",
    "\\u{1F409}", "\\u{0000000041}", "\\uD83D", "[\\uD800-\\uDFFF]", "(?<name>a)", "(?<$ä1>a)", "(?<a>x)|(?<a>y)",
    "(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "\\p{L}", "\\p{gc=Lu}", "\\p{General_Category=Letter}", "\\P{Any}",
    "[\\p{Lu}\\P{N}]", "\\p{Emoji}", "\\p{RI}", "^^$$", "\\b\\B",
  ])
  func accepts(_ source: String) throws {
    _ = try Pattern(source)
  }

  /// With the place, counted from 1.
  @Test(arguments: [
    ("(", 2), (")", 1), ("a)", 2), ("(a", 3), ("*", 1), ("a**", 3), ("a{2}{3}", 5), ("a|*", 3), ("(?:+)", 4), ("^*", 2),
    ("\\b+", 3), ("(?=a)*", 6), ("(?<=a)?", 7), ("]", 1), ("a}", 2), ("{", 1), ("a{", 2), ("a{,5}", 2), ("a{1", 2),
    ("a{1,", 2), ("a{1,x}", 2), ("a{3,2}", 2), ("[", 1), ("[a", 1), ("[a-", 1), ("[b-a]", 2),
    ("[a\\", 3), ("\\", 1), ("\\a", 1), ("\\é", 1), ("[\\B]", 2), ("\\00", 1),
    ("\\c1", 1), ("\\cé", 1), ("\\c", 1), ("\\x4", 1), ("\\xg0", 1), ("\\u123", 1), ("\\u{}", 1), ("\\u{110000}", 1),
    ("\\u{41", 1), ("\\u{FFFFFFFFFFFFFFFFFFFF}", 1), ("\\p", 1), ("\\pL", 1), ("\\p{L", 1), ("\\p{}", 1),
    ("\\p{letter}", 1), ("\\p{Lx}", 1), ("\\p{gc=Alphabetic}", 1), ("\\p{x=y}", 1), ("(?a)", 2), ("(?", 2),
    ("(?<>a)", 4), ("(?<1>a)", 4), ("(?<a", 5), ("(?<a b>c)", 5), ("(?<a>x)(?<a>y)", 11), ("(?<a>(?<a>y))", 9),
  ])
  func refusesWithItsPlace(_ source: String, place: Int) throws {
    let error = try #require(throws: SandboxError.self) { try Pattern(source) }
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("at character \(place): "), "\(error.message)")
  }

  @Test(arguments: [
    ("(a)\\1", 4), ("\\9", 1), ("(?<n>a)\\k<n>", 8), ("(?i:a)", 2), ("(?-s:a)", 2), ("\\p{Script=Greek}", 1),
    ("\\p{sc=Grek}", 1), ("\\P{scx=Latin}", 1), ("x\\p{Extended_Pictographic}", 2),
  ])
  func saysWhatItCannotDo(_ source: String, place: Int) throws {
    let error = try #require(throws: SandboxError.self) { try Pattern(source) }
    #expect(error.code == .unsupported)
    #expect(error.message.contains("at character \(place): "), "\(error.message)")
  }

  @Test func messagesAreOneShortLine() throws {
    let source = "a\n\u{1B}[31m" + String(repeating: "x", count: 10_000) + "("
    let error = try #require(throws: SandboxError.self) { try Pattern(source) }
    #expect(error.message.count < 300)
    #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }

  @Test func equalityIsByTheExactSource() throws {
    let (composed, decomposed) = (try Pattern("[\u{E9}]"), try Pattern("[e\u{301}]"))
    #expect(composed != decomposed)
    #expect(try composed == Pattern("[\u{E9}]"))
    #expect(Set([composed, decomposed, try Pattern("[e\u{301}]")]).count == 2)
  }
}
