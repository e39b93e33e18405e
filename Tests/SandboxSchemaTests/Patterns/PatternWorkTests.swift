import SandboxCore
import SandboxSchema
import Testing

/// The bounds are on counted steps, so that the speed of the machine makes no difference.
@Suite struct PatternWorkTests {
  @Test(arguments: [
    ("^(a+)+$", "a", "!"), ("(a|a)*b", "a", "c"), ("(x+x+)+y", "x", "z"), ("^(a|aa)+$", "a", "b"),
    ("(.*)*,(.*)*;", "a", "b"), ("^(?=(a+)+$)", "a", "b"), ("^((a*)*)*$", "a", "b"), ("(?:(?:a?){20}){20}b", "a", "c"),
  ])
  func catastrophicPatternsTakeLinearTime(_ source: String, unit: Character, end: Character) throws {
    let pattern = try Pattern(source)
    func work(_ count: Int) -> Int {
      var work = Int.max
      #expect(pattern.isFound(in: String(repeating: unit, count: count) + "\(end)", work: &work) == false)
      return Int.max - work
    }
    let (small, large) = (work(1_000), work(10_000))
    #expect(large < 11 * small, "\(small) for 1,000 characters, \(large) for 10,000")
  }

  @Test(arguments: ["^(a+)+$", "(a|a)*b", "(a+a+)+b"]) func hundredThousandCharacters(_ source: String) throws {
    let text = String(repeating: "a", count: 100_000)
    #expect(try !Pattern(source).isFound(in: text + "c"))
    #expect(try Pattern(source).isFound(in: text + (source.hasSuffix("$") ? "" : "b")))
  }

  @Test func workThatIsUsedUpIsNoAnswer() throws {
    let pattern = try Pattern("(?:a?){1000}b")
    let text = String(repeating: "a", count: 200)
    var work = 10_000
    #expect(pattern.isFound(in: text, work: &work) == nil)
    #expect(work < 0 && work > -10_000)
    var enough = 10_000_000
    #expect(pattern.isFound(in: text, work: &enough) == false)
  }

  @Test func lookaroundsCountAsWork() throws {
    let pattern = try Pattern("(?=b(?:a?){1000})a")
    var work = 10_000
    #expect(pattern.isFound(in: String(repeating: "a", count: 200), work: &work) == nil)
  }

  @Test func anchoredPatternsStopEarly() throws {
    var work = 1_000_000
    #expect(try Pattern("^b").isFound(in: String(repeating: "a", count: 1_000_000), work: &work) == false)
    #expect(work > 999_000)
  }

  @Test(arguments: [
    "a{10000}", "(?:a{200}){200}", "((((a{99}){99}){99}){99}){99}", "(?:ab{0,1000}){0,1000}", ".{1000000000,}",
    "(?=a{10000})", "(?:(?=a{5000})b){2}(?=b{5000})", "[a]{0,999999999}", "(?:\\b|){10000}",
  ])
  func largeRepetitionsAreRefused(_ source: String) throws {
    let error = try #require(throws: SandboxError.self) { try Pattern(source) }
    #expect(error.code == .unsupported)
    #expect(error.message.contains("too large"))
  }

  @Test func sizesAreBounded() throws {
    #expect(try Pattern("^.{0,4000}$").isFound(in: String(repeating: "é", count: 4_000)))
    #expect(try !Pattern("^.{0,4000}$").isFound(in: String(repeating: "é", count: 4_001)))
    for source in [
      String(repeating: "(", count: 100_000), String(repeating: "(", count: 201) + String(repeating: ")", count: 201),
      String(repeating: "a", count: 60_000), String(repeating: "a|", count: 20_000),
      String(repeating: "(?=a)", count: 101),
    ] {
      let error = try #require(throws: SandboxError.self) { try Pattern(source) }
      #expect(error.code == .unsupported)
    }
    let deep = String(repeating: "(", count: 200) + "a" + String(repeating: ")", count: 200)
    #expect(try Pattern(deep).isFound(in: "a"))
  }
}
