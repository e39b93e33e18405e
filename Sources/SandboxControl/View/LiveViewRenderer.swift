import SandboxCore

/// Turns what is to be shown into lines that fit the terminal: a pure function.
package enum LiveViewRenderer {
  /// At most `rows` lines of at most `columns` columns each. State and spend are always among them; what else is shown
  /// shares the room, agents first.
  package static func lines(of model: ViewModel, columns: Int, rows: Int, colour: Bool = false) -> [String] {
    guard columns > 0, rows > 0 else { return [] }
    let spend = spendLines(model.spend, columns: columns)
    let sections = [plan(model), agents(model), tools(model)]
    var granted = [0, 0, 0]
    var room = rows - 1 - spend.count
    while room > 0 {
      let before = room
      for index in [1, 0, 2] where room > 0 && granted[index] < sections[index]?.wanted ?? 0 {
        granted[index] += 1
        room -= 1
      }
      if room == before { break }
    }
    let middle = zip(sections, granted).flatMap { $0?.lines($1) ?? [] }
    return ([header(model)] + middle + spend).prefix(rows).map { $0.text(columns: columns, colour: colour) }
  }

  private static func header(_ model: ViewModel) -> StyledLine {
    let style: TerminalStyle =
      switch model.phase {
      case .completed: .green
      case .failed, .cancelled, .timedOut, .expired, .terminated: .red
      case .paused, .idle: .yellow
      default: .cyan
      }
    var line = StyledLine(model.phase.rawValue, style)
    line.add(model.session, .bold, gap: 2)
    if let stop = model.stop { line.add("stopping: \(stop)", .yellow, gap: 2) }
    return line
  }

  private static func plan(_ model: ViewModel) -> LiveViewSection? {
    guard !model.steps.isEmpty else { return nil }
    let done = model.steps.count { $0.status == .completed }
    let heading = StyledLine("Plan", .bold).adding("\(done)/\(model.steps.count)").adding(
      model.planDescription, .dim, gap: 2)
    return LiveViewSection(
      heading: heading,
      items: model.steps.map { step in
        let (mark, style, rank) = mark(of: step.status)
        let line = StyledLine(mark, style).indented.adding(step.id, step.status == .running ? .bold : .plain)
        return (line.adding(step.agent, .cyan, gap: 2).adding(step.title, .plain, gap: 2), rank)
      })
  }

  private static func mark(of status: TaskStatus) -> (String, TerminalStyle, rank: Int) {
    switch status {
    case .running: ("▸", .cyan, 0)
    case .failed: ("✗", .red, 1)
    case .pending: ("·", .dim, 2)
    case .cancelled: ("✗", .yellow, 3)
    case .skipped: ("–", .dim, 3)
    case .completed: ("✓", .green, 4)
    }
  }

  private static func agents(_ model: ViewModel) -> LiveViewSection? {
    guard !model.agents.isEmpty else { return nil }
    return LiveViewSection(
      heading: StyledLine("Agents", .bold).adding("\(model.agents.count) at work"),
      items: model.agents.enumerated().map { index, agent in
        let line = StyledLine("▸", .cyan).indented.adding(agent.name, .cyan).adding(
          "step \(agent.step)", .plain, gap: 2)
        return (line.adding(agent.task, .dim, gap: 2), index)
      })
  }

  private static func tools(_ model: ViewModel) -> LiveViewSection? {
    guard model.toolsRunning + model.toolsFinished > 0 else { return nil }
    var counts = "\(Spend.grouped(model.toolsRunning)) running, \(Spend.grouped(model.toolsFinished)) finished"
    if model.toolsFailed > 0 { counts += ", \(Spend.grouped(model.toolsFailed)) failed" }
    return LiveViewSection(
      heading: StyledLine("Tools", .bold).adding(counts),
      items: model.calls.enumerated().map { index, call in
        let (mark, style) = mark(of: call.status)
        var line = StyledLine(mark, style).indented.adding(call.tool)
        if let duration = call.duration { line.add(seconds(duration), .dim, gap: 1) }
        // Those that run stay longest, then the newest.
        let rank = call.status == .executing ? 0 : model.calls.count - index
        return (line.adding(call.detail, call.status == .failed ? .red : .dim, gap: 1), rank)
      })
  }

  private static func mark(of status: ExecutionStatus) -> (String, TerminalStyle) {
    switch status {
    case .executing: ("▸", .cyan)
    case .completed: ("✓", .green)
    case .failed: ("✗", .red)
    case .cancelled: ("✗", .yellow)
    case .unknown: ("?", .yellow)
    }
  }

  /// `0.2 s`.
  private static func seconds(_ duration: Duration) -> String {
    let tenths = max(0, duration.milliseconds) / 100
    return "\(tenths / 10).\(tenths % 10) s"
  }

  /// On one line where it fits, else on up to three.
  private static func spendLines(_ spend: Spend, columns: Int) -> [StyledLine] {
    var lines = [StyledLine("Spend", .bold)]
    for (index, part) in spend.parts.enumerated() {
      let last = lines.count - 1
      let longer = index == 0 ? lines[last].adding(part) : lines[last].adding("·", .dim).adding(part)
      if index == 0 || longer.width <= columns { lines[last] = longer } else { lines.append(StyledLine(part).indented) }
    }
    return lines
  }
}
