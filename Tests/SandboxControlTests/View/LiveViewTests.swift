import SandboxControl
import SandboxCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct LiveViewTests {
  private final class Size: Sendable {
    private let state: Mutex<(Int, Int)>
    init(_ columns: Int, _ rows: Int) { state = Mutex((columns, rows)) }
    func set(_ columns: Int, _ rows: Int) { state.withLock { $0 = (columns, rows) } }
    var value: (columns: Int, rows: Int) { state.withLock { $0 } }
  }

  @Test func redrawsInPlaceAndEndsWithTheSummary() async throws {
    let (pipe, time) = (try Pipe(), ManualTime())
    let view = LiveView(sink: pipe.sink, time: time.source, size: { (60, 20) }, colour: false)
    var screen = Screen(columns: 60, rows: 20)
    screen.feed("$ sandbox-entry run\n")
    var events = Events()
    events.begin(cost: 1_000_000)
    view.observe(events.records, events.state)
    screen.feed(try await pipe.drain())
    #expect(
      screen.lines == [
        "$ sandbox-entry run", "running  s-1", "Spend $0.000000 of $1.000000 · 0 tokens · 0:00 of 30:00",
      ])
    events.task(
      "root", agent: "meta", "Look at \u{1B}[2Jthe\nsky \u{202E}now" + String(repeating: " and then", count: 20))
    events.call("a", "look", ["at": "sky"])
    time.advance(.seconds(2))
    view.observe(events.records, events.state)
    screen.feed(try await pipe.drain())
    #expect(
      screen.lines == [
        "$ sandbox-entry run", "running  s-1", "Agents 1 at work",
        "  ▸ meta  step 1  Look at [2Jthe sky now and then and then…", "Tools 1 running, 0 finished",
        #"  ▸ look {"at":"sky"}"#, "Spend $0.000000 of $1.000000 · 0 tokens · 0:02 of 30:00",
      ])
    events.complete("a", cost: 250)
    events.finish("root", .completed)
    view.observe(events.records, events.state)
    time.advance(.seconds(1))
    view.finish(
      answer: "The sky is blue.\n\u{1B}[31mReally\u{7}.", outcome: Outcome(stop: nil, isSynced: true),
      artifactPaths: ["/s/artifacts/sky.md"], directory: "/s")
    screen.feed(try await pipe.drain())
    #expect(
      screen.lines == [
        "$ sandbox-entry run", "completed", "", "The sky is blue.", "[31mReally.", "", "Artifacts:",
        "  /s/artifacts/sky.md", "Session: /s", "Spend: $0.000250 of $1.000000 · 0 tokens · 0:03 of 30:00",
        "Exit code: 0",
      ])
    time.advance(.seconds(1))
    view.observe(events.records, events.state)
    view.interject("too late")
    view.finish(answer: "again", outcome: Outcome(stop: nil, isSynced: true), artifactPaths: [], directory: "/s")
    #expect(try await pipe.drain() == "")
    #expect(screen.problems == [] && screen.wrapped == 0)
    await pipe.close()
  }

  @Test func drawsAtMostTenTimesASecond() async throws {
    let (pipe, time) = (try Pipe(), ManualTime())
    let view = LiveView(sink: pipe.sink, time: time.source, size: { (80, 24) }, colour: false)
    var events = Events()
    var frames = 0
    for _ in 0..<500 {
      events.add(.announced(Announcement("progress")))
      view.observe(events.records, events.state)
      if try await !pipe.drain().isEmpty { frames += 1 }
      time.advance(.milliseconds(7))
    }
    // 3.5 s, and a frame can come with every fifteenth event (105 ms) at the earliest.
    #expect(frames == 34)
    await pipe.close()
  }

  @Test func survivesEveryResize() async throws {
    let (pipe, time, size) = (try Pipe(), ManualTime(), Size(80, 24))
    let view = LiveView(sink: pipe.sink, time: time.source, size: { size.value }, colour: true)
    var screen = Screen(columns: 80, rows: 24)
    screen.feed("$ before\n")
    var events = Events()
    events.begin(cost: 1_000_000, tokens: 10_000)
    for number in 0..<30 {
      events.task(
        number == 0 ? "root" : "root.\(number)", agent: "omega:\(number)", String(repeating: "word ", count: 30))
    }
    for (columns, rows) in [(80, 24), (40, 24), (100, 30), (20, 10), (19, 10), (120, 40), (81, 5), (30, 24), (7, 3)] {
      // A terminal that breaks lines and has no room for them scrolls: what scrolled away stays there, so grow first.
      screen.resize(columns: columns, rows: max(rows, 200))
      size.set(columns, max(rows, 200))
      time.advance(.milliseconds(100))
      view.observe(events.records, events.state)
      screen.feed(try await pipe.drain())
      let headers = screen.lines.count { $0.hasPrefix("running".prefix(min(7, columns - 2))) }
      #expect(headers == 1, "\(columns) by \(rows): \(screen.lines)")
      #expect(screen.lines.first?.hasPrefix("$") == true)
    }
    #expect(screen.problems == [] && screen.wrapped == 0)
    await pipe.close()
  }

  /// In a small terminal nothing scrolls, so nothing is left behind above.
  @Test func neverScrollsAwayItsOwnTop() async throws {
    let (pipe, time) = (try Pipe(), ManualTime())
    let view = LiveView(sink: pipe.sink, time: time.source, size: { (30, 6) }, colour: false)
    var screen = Screen(columns: 30, rows: 6)
    screen.feed(String(repeating: "old\n", count: 10))
    var events = Events()
    events.begin()
    for number in 1..<20 {
      events.task("root.\(number)", agent: "omega:\(number)", "日本語の長い長い長い長い長い長い文章")
      events.call("c\(number)", "tool", [:])
      time.advance(.milliseconds(150))
      view.observe(events.records, events.state)
      screen.feed(try await pipe.drain())
      #expect(screen.lines.prefix(10) == Array(repeating: "old", count: 10)[...])
      #expect(screen.lines.count <= 15)
      #expect(screen.lines.filter { $0.hasPrefix("running") }.count == 1)
    }
    #expect(screen.problems == [] && screen.wrapped == 0)
    await pipe.close()
  }

  /// A terminal that is held (Ctrl-S) gets no frames behind its back, and goes on when it takes them again.
  @Test func leavesOutFramesThatNobodyTakes() async throws {
    let (pipe, time) = (try Pipe(), ManualTime())
    let view = LiveView(sink: pipe.sink, time: time.source, size: { (200, 50) }, colour: true)
    var events = Events()
    events.begin()
    for number in 0..<20 { events.task("root.\(number)", agent: "omega:x", String(repeating: "word ", count: 30)) }
    for _ in 0..<400 {
      events.add(.announced(Announcement("progress")))
      time.advance(.milliseconds(100))
      view.observe(events.records, events.state)
    }
    let held = try await pipe.drain()
    #expect(!held.isEmpty && held.utf8.count < 400_000)
    var screen = Screen(columns: 200, rows: 50)
    screen.feed(held)
    time.advance(.milliseconds(100))
    view.observe(events.records, events.state)
    screen.feed(try await pipe.drain())
    #expect(screen.lines.count == 23 && screen.lines.last?.contains("0:40 of 30:00") == true)
    #expect(screen.problems == [] && screen.wrapped == 0)
    await pipe.close()
  }

  @Test func aLineOfTextGoesAboveTheBlock() async throws {
    let (pipe, time) = (try Pipe(), ManualTime())
    let view = LiveView(sink: pipe.sink, time: time.source, size: { (80, 24) }, colour: false)
    var screen = Screen(columns: 80, rows: 24)
    var events = Events()
    events.begin()
    view.observe(events.records, events.state)
    screen.feed(try await pipe.drain())
    view.interject("warning: \u{1B}[1mlow disk")
    time.advance(.milliseconds(100))
    screen.feed(try await pipe.drain())
    view.observe(events.records, events.state)
    screen.feed(try await pipe.drain())
    #expect(screen.lines == ["warning: [1mlow disk", "running  s-1", "Spend $0.000000 · 0 tokens · 0:00 of 30:00"])
    await pipe.close()
  }

  @Test func keepsFreshWithoutEvents() async throws {
    let (pipe, time) = (try Pipe(), ManualTime())
    let view = LiveView(sink: pipe.sink, time: time.source, size: { (80, 24) }, colour: false)
    let log = SessionLog(
      journal: InMemoryJournal(), time: time.source, observers: [{ view.observe($0, $1) }])
    try await log.append(.announced(Announcement("a")))
    try await log.append(.taskCreated(TaskCreated(taskID: .root, parent: nil, agentID: .meta, prompt: "soon")))
    try await log.append(.taskStarted(TaskStarted(taskID: .root, model: "m", system: "", prompt: "soon", tools: [])))
    #expect(try await !pipe.drain().contains("soon"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await view.keepFresh(from: log) }
      time.advance(.milliseconds(100))
      try await wait(for: "step 1  soon", in: pipe)
      time.advance(.seconds(1))
      try await wait(for: "0:01", in: pipe)
      group.cancelAll()
      try await group.waitForAll()
    }
    await pipe.close()
  }

  private func wait(for text: String, in pipe: Pipe) async throws {
    let deadline = Deadline(after: .seconds(60), time: .system)
    while try await !pipe.drain().contains(text) {
      try #require(!deadline.hasPassed, "\(text) never came")
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test func readsTheEnvironment() {
    #expect(Terminal.hasColour(["TERM": "xterm-256color"]))
    #expect(Terminal.hasColour(["TERM": "xterm", "NO_COLOR": ""]))
    #expect(!Terminal.hasColour(["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(!Terminal.hasColour(["TERM": "dumb"]))
    #expect(!Terminal.hasColour([:]))
  }
}
