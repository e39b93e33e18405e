import SandboxCore
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("*", "", true), ("*", "anything", true), ("?", "", false), ("?", "a", true),
    ("?", "ab", false), ("a*", "a", true), ("a*", "ba", false), ("*a", "bba", true), ("*a", "ab", false),
    ("a*c", "abbbc", true), ("a*c", "abbb", false), ("a*b*c", "a1b2b3c", true), ("**", "x", true), ("*?", "", false),
    ("*?", "x", true), ("a?c", "abc", true), ("a?c", "ac", false), ("gathering:*", "gathering:web", true),
    ("gathering:*", "gatherin", false), ("A", "a", false), ("[a]", "a", false), ("[a]", "[a]", true),
    ("a.c", "abc", false),
    ("?", "👩‍👩‍👧", true), ("*ü*", "grüße", true), ("a/*", "a/b/c", true), ("*aab", "aaaab", true), ("\\*", "\\x", true),
  ])
  func matches(pattern: String, text: String, expected: Bool) {
    #expect(Glob(pattern).matches(text) == expected)
  }

  /// Patterns that make a backtracking matcher take for ever.
  @Test(.timeLimit(.minutes(1))) func pathologicalPatternsAreQuick() {
    let text = String(repeating: "a", count: 2_000)
    #expect(!Glob(String(repeating: "*a", count: 200) + "b").matches(text))
    #expect(!Glob(String(repeating: "a*", count: 200) + "b").matches(text))
    #expect(!Glob(String(repeating: "*", count: 500) + "b").matches(text))
    #expect(!Glob(String(repeating: "?*", count: 200) + "b").matches(text))
    #expect(Glob(String(repeating: "*a", count: 200)).matches(text))
  }
}
