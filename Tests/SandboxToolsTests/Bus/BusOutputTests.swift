import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusOutputTests {
  @Test func shortOutputIsUntouched() {
    for text in ["", "a", "a\nb\tc", "äöü 👍🏽 …\n", String(repeating: "x", count: ToolText.maximumBytes)] {
      let bounded = ToolText(text)
      #expect(bounded.text == text)
      #expect(!bounded.isTruncated)
    }
  }

  /// Every size, so that the cuts fall on every byte of a character.
  @Test(arguments: 0..<24) func cutsBetweenCharacters(_ extra: Int) throws {
    let text = String(repeating: "y", count: extra) + String(repeating: "aä…👍", count: 5000)
    let bounded = ToolText(text)
    #expect(bounded.isTruncated)
    #expect(bounded.text.utf8.count <= ToolText.maximumBytes)
    #expect(!bounded.text.unicodeScalars.contains("\u{fffd}"))
    let parts = bounded.text.split(separator: "\n")
    #expect(parts.count == 3)
    #expect(text.hasPrefix(parts[0]))
    #expect(text.hasSuffix(parts[2]))
    let omitted = text.utf8.count - parts[0].utf8.count - parts[2].utf8.count
    #expect(parts[1] == "[… \(omitted) bytes omitted …]")
  }

  @Test func secretsAreHiddenBeforeTheTextIsCut() {
    let redactor = Redactor(secrets: ["Zq7plainSecret4411xxLm0Wv9"])
    for shift in 0..<27 {
      let text = String(repeating: "x", count: shift) + String(repeating: "Zq7plainSecret4411xxLm0Wv9.", count: 200)
      let cut = ToolText(text, limit: 1_000, redactor: redactor).text
      #expect(cut.contains("bytes omitted") && cut.contains("[REDACTED]"))
      #expect(!["Zq7p", "lain", "Secr", "4411", "Lm0W"].contains { cut.contains($0) }, "\(cut)")
    }
  }

  @Test func countsWhatTheExecutorHasCut() {
    let bounded = ToolText(String(repeating: "x", count: 100_000), totalBytes: 10_000_000)
    let kept = bounded.text.utf8.filter { $0 == UInt8(ascii: "x") }.count
    #expect(bounded.text.contains("[… \(10_000_000 - kept) bytes omitted …]"))
    #expect(ToolText("short", totalBytes: 10).isTruncated)
  }

  @Test(arguments: [
    ("a\u{1b}[2Jb", "a\u{fffd}[2Jb"), ("\u{1b}]52;c;eA==\u{7}", "\u{fffd}]52;c;eA==\u{fffd}"),
    ("a\u{0}b", "a\u{fffd}b"),
    ("a\r\nb", "a\nb"), ("a\rb", "a\u{fffd}b"), ("a\r", "a\u{fffd}"), ("a\r\r\nb", "a\u{fffd}\nb"),
    ("\u{85}", "\u{fffd}"),
    ("\u{9b}31m", "\u{fffd}31m"), ("\u{7f}", "\u{fffd}"), ("é \u{a0} ©", "é \u{a0} ©"), ("tab\tline\n", "tab\tline\n"),
  ])
  func controlCharactersAreReplaced(_ text: String, _ expected: String) {
    #expect(Array(ToolText.sanitized(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test func modelJournalAndResultAgree() async throws {
    let fixture = try await BusFixture()
    let text = "\u{1b}[31m" + String(repeating: "line\r\n", count: 20_000)
    try await fixture.add("t") { _ in ToolOutput(text: text) }
    let result = try await fixture.run("t")
    #expect(result.text.utf8.count <= ToolText.maximumBytes)
    let execution = try #require(fixture.bus.executionHistory().first)
    #expect(execution.output == result.text)
    #expect(execution.isTruncated)
    #expect(execution.outputBytes == text.utf8.count)
    for byte in result.text.utf8 { #expect(byte >= 0x20 || byte == 0x0a) }
  }

  @Test func failureShowsErrorAndOutput() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t") { _ throws(SandboxError) in
      throw SandboxError(
        .outputLimit, "too much",
        cause: ToolFailure(
          output: ToolOutput(text: "the head", totalBytes: 1000, announcements: [Announcement("terminal")])))
    }
    let result = try await fixture.run("t")
    #expect(result.error == ErrorRecord(code: .outputLimit, message: "too much"))
    #expect(result.text == "too much\nthe head")
    #expect(fixture.bus.executionHistory().first?.outputBytes == 1000)
    #expect(fixture.bus.executionHistory().first?.isTruncated == true)
    #expect(await fixture.types() == ["tool_call_started", "terminal", "tool_call_completed"])
  }

  @Test func errorsAreBoundedAndClean() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t") { _ throws(SandboxError) in
      throw SandboxError(.toolFailed, "\u{1b}c" + String(repeating: "e", count: 1 << 20))
    }
    let result = try await fixture.run("t")
    #expect(result.text.utf8.count <= ToolText.maximumErrorBytes)
    #expect(result.error?.message == result.text)
    #expect(!result.text.unicodeScalars.contains("\u{1b}"))
  }
}
