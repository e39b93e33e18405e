import SandboxControl
import SandboxCore
import Testing

@Suite struct ClosingSummaryTests {
  @Test func saysHowItEndedWithWhatAndAtWhatExpense() {
    var spend = Spend()
    spend.cost = Money(microdollars: 1_000_001)
    spend.costLimit = Money(microdollars: 1_000_000)
    spend.tokens = 1_234_567
    spend.elapsed = .seconds(3_661)
    let text = ClosingSummary.text(
      answer: "As far as it is known:\n\u{202E}half.\n",
      outcome: Outcome(stop: StopReason(.cost, "the limit of $1.000000\nis spent"), failedTasks: 2, isSynced: false),
      artifactPaths: ["/s/a\u{1B}[2J.md", "/s/b.png"], directory: "/s", spend: spend)
    #expect(
      text == """
        timed_out (cost_limit): the limit of $1.000000 is spent; 2 tasks failed; not yet delivered

        As far as it is known:
        half.


        Artifacts:
          /s/a[2J.md
          /s/b.png
        Session: /s
        Spend: $1.000001 of $1.000000 · 1,234,567 tokens · 1:01:01
        Exit code: 81

        """)
  }

  @Test func leavesOutWhatThereIsNot() {
    let outcome = Outcome(stop: nil, failedTasks: 1, isSynced: true)
    let text = ClosingSummary.text(answer: " \n", outcome: outcome, artifactPaths: [], directory: "/s", exitCode: 1)
    #expect(text == "completed (partial): 1 task failed\nSession: /s\nExit code: 1\n")
  }

  @Test(arguments: [
    (nil as StopReason?, 0, true, "32"), (nil, 1, true, "33"), (nil, 0, false, "33"),
    (StopReason(.io, "x"), 0, true, "31"),
  ])
  func coloursTheOutcomeOnly(stop: StopReason?, failed: Int, synced: Bool, colour: String) {
    let outcome = Outcome(stop: stop, failedTasks: failed, isSynced: synced)
    func text(_ colour: Bool) -> String {
      ClosingSummary.text(answer: "a", outcome: outcome, artifactPaths: [], directory: "/s", colour: colour)
    }
    #expect(text(true).hasPrefix("\u{1B}[\(colour)m"))
    #expect(text(true).split(separator: "\n").dropFirst() == text(false).split(separator: "\n").dropFirst())
    #expect(!text(false).contains("\u{1B}"))
  }
}
