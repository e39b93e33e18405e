import SandboxTestKit
import SandboxCore
import Testing

@Suite struct MoneyTests {
  @Test(arguments: [
    (0, 0), (1, 1_000_000), (0.07, 70_000), (0.29, 290_000), (1.1, 1_100_000), (0.000_001, 1), (0.000_000_1, 1),
    (0.000_012_1, 13), (1234.567_891, 1_234_567_891), (9_000_000_000, 9_000_000_000_000_000),
    (.leastNormalMagnitude, 1),
  ])
  func readsDollarsAndRoundsUp(dollars: Double, microdollars: Int64) {
    #expect(Money(dollars: dollars) == Money(microdollars: microdollars))
  }

  @Test(arguments: [-0.01, -1, .nan, .infinity, -.infinity, 9_000_000_001, .greatestFiniteMagnitude])
  func refusesWhatIsNoAmount(dollars: Double) {
    #expect(Money(dollars: dollars) == nil)
  }

  /// Every amount of whole micro-dollars survives the way through a double.
  @Test func wholeMicrodollarsAreExact() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      let amount = Money(microdollars: Int64.random(in: 0...(1 << Int64.random(in: 1...49)), using: &random))
      if Money(dollars: amount.dollars) != amount { Issue.record("\(amount)") }
    }
  }

  @Test(arguments: [
    (0, "$0.000000"), (1, "$0.000001"), (19_000, "$0.019000"), (-1, "-$0.000001"), (1_234_567_891, "$1234.567891"),
    (-2_500_000, "-$2.500000"), (Int64.max, "$9223372036854.775807"), (Int64.min, "-$9223372036854.775808"),
  ])
  func describesItself(microdollars: Int64, text: String) {
    #expect(Money(microdollars: microdollars).description == text)
  }

  @Test func saturatesInsteadOfOverflowing() {
    let (most, least, one) = (Money(microdollars: .max), Money(microdollars: .min), Money(microdollars: 1))
    #expect(most + one == most)
    #expect(most + most == most)
    #expect(least - one == least)
    #expect(least + least == least)
    #expect(Money.zero - least == most)
    #expect(most - one == Money(microdollars: .max - 1))
    #expect(least < .zero && .zero < one)
    #expect(Amount(tokens: .max) + Amount(tokens: 1) == Amount(tokens: .max))
    #expect(Amount(tokens: .min) - Amount(tokens: 1) == Amount(tokens: .min))
    #expect(Amount(tokens: 1) - Amount(tokens: .min) == Amount(tokens: .max))
    #expect(Int64.min.multipliedSaturating(by: -1) == .max && Int64.max.multipliedSaturating(by: -2) == .min)
    #expect(TokenUsage(input: .max, output: .max).total == .max)
  }

  @Test func isAPlainNumberInJSON() throws {
    #expect(try JSONValue.encoding(Money(microdollars: 19_000)) == 19_000)
    #expect(try (19_000 as JSONValue).decode(Money.self) == Money(microdollars: 19_000))
  }
}
