import SandboxControl
import SandboxCore
import Testing

@Suite struct LiveViewRendererTests {
  static var model: ViewModel {
    var model = ViewModel()
    model.session = "s-1"
    model.phase = .running
    model.planDescription = "Write a report"
    model.steps = [
      .init(id: "find", agent: "omega:research", title: "Find sources", status: .completed),
      .init(id: "read", agent: "omega:research", title: "Read them", status: .running),
      .init(id: "draw", agent: "omega:content", title: "Draw a figure", status: .failed),
      .init(id: "check", agent: "omega:content", title: "Check it", status: .skipped),
      .init(id: "write", agent: "omega:content", title: "Write it", status: .pending),
    ]
    model.agents = [
      .init(name: "meta", task: "Report on foxes", step: 3), .init(name: "omega:research", task: "Read them", step: 12),
    ]
    model.toolsRunning = 1
    model.toolsFinished = 1_234
    model.toolsFailed = 2
    model.calls = [
      .init(tool: "search_web", detail: #"{"query":"fox"}"#, status: .completed, duration: .milliseconds(1_270)),
      .init(tool: "read_file", detail: "no such file", status: .failed, duration: .milliseconds(4)),
      .init(tool: "bash", detail: #"{"command":"make"}"#, status: .executing),
    ]
    model.spend.cost = Money(microdollars: 12_345)
    model.spend.reserved = Money(microdollars: 2_000)
    model.spend.costLimit = Money(microdollars: 1_000_000)
    model.spend.tokens = 12_345
    model.spend.tokenLimit = 100_000
    model.spend.elapsed = .seconds(62)
    model.spend.durationLimit = .seconds(3_723)
    return model
  }

  @Test func showsEverythingWhereThereIsRoom() {
    #expect(
      LiveViewRenderer.lines(of: Self.model, columns: 120, rows: 40) == [
        "running  s-1",
        "Plan 1/5  Write a report",
        "  ✓ find  omega:research  Find sources",
        "  ▸ read  omega:research  Read them",
        "  ✗ draw  omega:content  Draw a figure",
        "  – check  omega:content  Check it",
        "  · write  omega:content  Write it",
        "Agents 2 at work",
        "  ▸ meta  step 3  Report on foxes",
        "  ▸ omega:research  step 12  Read them",
        "Tools 1 running, 1,234 finished, 2 failed",
        #"  ✓ search_web 1.2 s {"query":"fox"}"#,
        "  ✗ read_file 0.0 s no such file",
        #"  ▸ bash {"command":"make"}"#,
        "Spend $0.012345 of $1.000000 (+$0.002000 in flight) · 12,345 of 100,000 tokens · 1:02 of 1:02:03",
      ])
  }

  @Test func keepsWhatMattersWhereThereIsLittleRoom() {
    #expect(
      LiveViewRenderer.lines(of: Self.model, columns: 60, rows: 12)
        == [
          "running  s-1",
          "Plan 1/5  Write a report",
          "  ▸ read  omega:research  Read them",
          "  … 4 more",
          "Agents 2 at work",
          "  ▸ meta  step 3  Report on foxes",
          "  ▸ omega:research  step 12  Read them",
          "Tools 1 running, 1,234 finished, 2 failed",
          #"  ▸ bash {"command":"make"}"#,
          "Spend $0.012345 of $1.000000 (+$0.002000 in flight)",
          "  12,345 of 100,000 tokens · 1:02 of 1:02:03",
        ].inserting("  … 2 more", at: 9))
  }

  @Test func anEmptySessionIsTwoLines() {
    #expect(
      LiveViewRenderer.lines(of: ViewModel(), columns: 80, rows: 24) == [
        "pending", "Spend $0.000000 · 0 tokens · 0:00",
      ])
  }

  @Test func tellsThatItIsStopping() {
    var model = ViewModel()
    model.stop = "SIGTERM"
    model.phase = .cancelled
    #expect(LiveViewRenderer.lines(of: model, columns: 80, rows: 1) == ["cancelled  stopping: SIGTERM"])
  }

  /// Whatever the size, with wide and marked characters, the lines fit, and colours change nothing but colours.
  @Test func fitsEverySize() {
    var model = Self.model
    model.steps += (0..<30).map { .init(id: "s\($0)", agent: "日本語", title: "e\u{301}👍 long title", status: .pending) }
    model.agents += (0..<20).map { .init(name: "agent-\($0)", task: "\u{1B}[2J多\u{202E}words of a task", step: $0) }
    for columns in Array(1...40) + [79, 80, 81, 132, 250] {
      for rows in [1, 2, 3, 4, 5, 7, 10, 24, 60] {
        let lines = LiveViewRenderer.lines(of: model, columns: columns, rows: rows)
        #expect(lines.count <= rows)
        for line in lines where TerminalText.width(line) > columns { Issue.record("\(columns): \(line)") }
        for line in lines where TerminalText.block(line) != line { Issue.record("not safe: \(line)") }
        let coloured = LiveViewRenderer.lines(of: model, columns: columns, rows: rows, colour: true)
        #expect(coloured.map(withoutColours) == lines)
      }
    }
    #expect(LiveViewRenderer.lines(of: model, columns: 0, rows: 5).isEmpty)
    #expect(LiveViewRenderer.lines(of: model, columns: 5, rows: 0).isEmpty)
    #expect(LiveViewRenderer.lines(of: model, columns: 80, rows: 24).count == 24)
  }

  private func withoutColours(_ line: String) -> String {
    var result = ""
    for part in line.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated() {
      result += part.offset == 0 ? part.element : part.element.drop { $0 != "m" }.dropFirst()
    }
    return result
  }
}

extension [String] {
  fileprivate func inserting(_ line: String, at index: Int) -> [String] {
    var copy = self
    copy.insert(line, at: index)
    return copy
  }
}
