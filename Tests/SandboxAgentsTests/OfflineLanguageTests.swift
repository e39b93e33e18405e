import SandboxCore
import Testing

@testable import SandboxAgents

/// What the rules make of words, requests, numbers and results that were cut.
@Suite struct OfflineLanguageTests {
  @Test(arguments: [
    ("charts", "charting"), ("sections", "section"), ("countries", "country"), ("boxes", "box"), ("sizes", "size"),
    ("used", "used"), ("planned", "planning"), ("tables", "table"), ("translating", "translate"),
  ])
  func wordsOfOneStem(left: String, right: String) {
    #expect(OfflineLexicon.stem(left) == OfflineLexicon.stem(right))
  }

  @Test(arguments: [("status", "statu"), ("class", "clas"), ("size", "section"), ("process", "proces")])
  func wordsOfTwoStems(left: String, right: String) {
    #expect(OfflineLexicon.stem(left) != right)
  }

  @Test func thingsThatRequestsName() {
    let task = OfflineTask(
      """
      Compare data/a.csv and ./b.tsv, e.g. by "unit price", for ticket ABC-123 of ann@example.org since 2024-05-01; \
      see https://example.org/x.csv and SessionLog, then save it to out/report.md.
      """)
    #expect(task.inputPaths == ["data/a.csv", "./b.tsv"])
    #expect(task.outputPaths == ["out/report.md"])
    #expect(task.quoted == ["unit price"])
    #expect(task.codes == ["ABC-123"])
    #expect(task.emails == ["ann@example.org"])
    #expect(task.dates == ["2024-05-01"])
    #expect(task.urls == ["https://example.org/x.csv"])
    #expect(task.symbols == ["SessionLog"])
    #expect(!task.words.words.contains("price") && task.allWords.words.contains("price"))
  }

  @Test func apostrophesAreNoQuotations() {
    #expect(OfflineTask("What's in Ann's file, and the dog's name? 'it's here' ends").quoted == ["it's here"])
  }

  @Test(arguments: ["\n\nResults of earlier steps:\n\n", "\n\nContext:\n", "\n## Results of dependencies\n"])
  func resultsBehindTheTask(border: String) {
    let task = OfflineTask(
      "Write it.\nRequest: Which is largest?\(border)[research] (key x)\n## Findings\n\nThe file data/a.csv")
    #expect(task.request == "Which is largest?")
    #expect(task.context.hasSuffix("The file data/a.csv"))
    #expect(OfflineFacts(task: task, calls: []).resolve("a.csv") == "data/a.csv")
    #expect(OfflineTask("Which is largest?").context == "")
  }

  @Test func titles() {
    #expect(OfflineTask("which is largest? Write a report.").title == "Which is largest")
    #expect(OfflineTask(String(repeating: "word ", count: 50)).title.count <= 90)
    #expect(OfflineTask("").title == "Report")
  }

  @Test func shares() {
    #expect(OfflineNumber.percent(1, of: 3) == "33.3" && OfflineNumber.percent(2, of: 3) == "66.7")
    #expect(OfflineNumber.percent(1, of: 2_000) == "0.1" && OfflineNumber.percent(1, of: 2_001) == "0.0")
    #expect(OfflineNumber.percent(.int(.max), of: .int(.max)) == "100.0")
    #expect(OfflineNumber.percent(1, of: 0) == nil && OfflineNumber.percent(-1, of: 5) == nil)
    #expect(OfflineNumber.percent(0.25, of: 2) == "12.5")
    #expect(OfflineNumber.percent(.double(.nan), of: 2) == nil && OfflineNumber.percent("x", of: 2) == nil)
    #expect(OfflineNumber.percent(.int(.max), of: 1) == "922337203685477580.7")
  }

  @Test func numbers() {
    #expect(OfflineNumber.text(158.333) == "158.33" && OfflineNumber.text(.double(20)) == "20")
    #expect(OfflineNumber.text(-0.5) == "-0.5" && OfflineNumber.text(-1.005e3) == "-1005")
    #expect(OfflineNumber.text(.double(.infinity)) == "null" && OfflineNumber.text(1e300) == "1e+300")
    #expect(OfflineNumber.sum([.int(.max), 1]) == nil && OfflineNumber.sum([1, 2]) == 3)
  }

  @Test(arguments: [
    (#"{"entries":[{"path":"a"},{"path":"b"#, 1), (#"{"entries":[{"path":"a"},{"path":"b"}]"#, 2),
    ("{\"entries\":[{\"path\":\"a\"},{\"pa\n[… 99 bytes omitted …]\nth\":\"z\"}],\"truncated\":false}", 1),
    ("{\"entries\":[{\"path\":\"a\"},\n[… 99 bytes omitted …]\n{\"path\":\"z\"}]}", 1),
  ])
  func resultsThatWereCut(text: String, complete: Int) throws {
    let (value, isWhole) = try #require(OfflineJSON.parse(text))
    #expect(!isWhole && value["entries"]?.arrayValue?.filter { $0["path"] != nil }.count == complete)
  }

  @Test(arguments: ["", "plain", "{", "[[[[", "{\"a\":", "]", "{]", "\"text\"", "{\"a\" 1,}"])
  func whatIsNoJSON(text: String) {
    #expect(OfflineJSON.parse(text) == nil)
  }

  @Test func sectionsSurviveTheJourney() {
    var sections = OfflineSections()
    sections.findings = ["One.", OfflineSections.table(["a", "b"], [["x|y", "1"]])]
    sections.artifacts = ["- `c.svg`"]
    sections.method = ["- query: `SELECT 1`"]
    let both =
      "[one] (blackboard namespace results, key a)\n\(sections.text)\n\n"
      + "[two] (key b)\n## Data\n\nD."
    let read = OfflineSections(reading: both)
    #expect(read.findings == [sections.findings.joined(separator: "\n\n")])
    #expect(read.artifacts == sections.artifacts && read.method == sections.method && read.data == ["D."])
    #expect(OfflineSections(reading: "Somebody else's words.").findings == ["Somebody else's words."])
  }
}
