package import SandboxCore
import Synchronization

/// A terminal's view of the session: plan, agents, tools and spend, redrawn in place at most ten times a second, and a
/// summary at the end.
///
/// It never holds the session up: a frame is left out while the terminal has not taken the one before.
package final class LiveView: Sendable {
  /// The least time between two frames.
  package static let interval = Duration.milliseconds(100)

  private struct State {
    /// The widths of the lines on the screen, above the cursor.
    var drawn: [Int] = []
    var lastDraw: Duration?
    /// Something has happened since the last frame.
    var isStale = false
    var isFinished = false
    var spend = Spend()
  }

  private let sink: OutputSink
  private let time: TimeSource
  private let size: @Sendable () -> (columns: Int, rows: Int)
  private let colour: Bool
  private let start: Duration
  private let state = Mutex(State())

  /// - Parameter size: the terminal's present size, asked before each frame; nothing sensible counts as 80 by 24.
  package init(
    sink: OutputSink, time: TimeSource, size: @escaping @Sendable () -> (columns: Int, rows: Int), colour: Bool
  ) {
    self.sink = sink
    self.time = time
    self.size = size
    self.colour = colour
    start = time.monotonic()
  }

  /// To be given to the session's log as an observer. Draws when a frame is due and keeps nothing of the state.
  package func observe(_ records: [EventRecord], _ session: SessionState) {
    let now = time.monotonic()
    state.withLock { state in
      guard !state.isFinished else { return }
      state.spend = Spend(session, elapsed: now - start)
      state.isStale = true
      if isDue(state, now) { draw(ViewModel(session, elapsed: now - start), at: now, &state) }
    }
  }

  /// Draws what came too soon after a frame, and lets the clock run, until the task is cancelled. To be run beside the
  /// session; without it the view changes only when something happens.
  package func keepFresh(from log: SessionLog) async {
    while (try? await time.sleep(Self.interval)) != nil {
      let now = time.monotonic()
      let isWanted = state.withLock { state in
        let isOld = state.lastDraw.map { now - $0 >= .seconds(1) } ?? state.isStale
        return !state.isFinished && (state.isStale || isOld) && isDue(state, now)
      }
      guard isWanted else { continue }
      // Taken outside the view's lock: an observer, which is called by the log, must never wait for the log.
      let model = log.read { ViewModel($0, elapsed: now - start) }
      state.withLock { state in
        if !state.isFinished, isDue(state, now) { draw(model, at: now, &state) }
      }
    }
  }

  /// Puts a line of text, as a warning, above the live block, which the next frame draws anew
  /// below it.
  package func interject(_ text: String) {
    state.withLock { state in
      if !state.isFinished {
        sink.write(erasing(&state) + TerminalText.block(text) + "\n")
        state.isStale = true
      }
    }
  }

  /// Takes the live block away and prints the summary; nothing is drawn after that.
  package func finish(
    answer: String, outcome: Outcome, artifactPaths: [String], directory: String, exitCode: Int32? = nil
  ) {
    let now = time.monotonic()
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      state.spend.elapsed = now - start
      let summary = ClosingSummary.text(
        answer: answer, outcome: outcome, artifactPaths: artifactPaths, directory: directory, spend: state.spend,
        exitCode: exitCode, colour: colour)
      sink.write(erasing(&state) + summary)
    }
  }

  private func isDue(_ state: State, _ now: Duration) -> Bool {
    if let last = state.lastDraw, now - last < Self.interval { return false }
    return sink.isIdle
  }

  private func draw(_ model: ViewModel, at now: Duration, _ state: inout State) {
    let size = presentSize()
    // One column and one row stay free: writing into the last column, or ending a line in the last row, would wrap or
    // scroll, and the next frame would begin at the wrong place.
    let (columns, rows) = (size.columns - 1, size.rows - 1)
    let lines = LiveViewRenderer.lines(of: model, columns: columns, rows: rows, colour: colour)
    var frame = "\u{1B}[?7l" + cursorToTop(of: state, size)
    for line in lines { frame += "\u{1B}[2K\(line)\n" }
    sink.write(frame + "\u{1B}[J\u{1B}[?7h")
    state.drawn = lines.map { columnsTaken($0) }
    state.lastDraw = now
    state.isStale = false
  }

  private func erasing(_ state: inout State) -> String {
    defer { state.drawn = [] }
    return state.drawn.isEmpty ? "" : cursorToTop(of: state, presentSize()) + "\u{1B}[J"
  }

  /// Moves the cursor to where the last frame begins now: a terminal that has become narrower has broken its lines.
  private func cursorToTop(of state: State, _ size: (columns: Int, rows: Int)) -> String {
    let rows = state.drawn.reduce(0) { $0 + max(1, ($1 + size.columns - 1) / size.columns) }
    return rows == 0 ? "\r" : "\u{1B}[\(min(rows, size.rows - 1))A\r"
  }

  private func presentSize() -> (columns: Int, rows: Int) {
    let (columns, rows) = size()
    return (columns > 1 ? min(columns, 1_000) : 80, rows > 1 ? min(rows, 1_000) : 24)
  }

  /// The width of a drawn line without its colours.
  private func columnsTaken(_ line: String) -> Int {
    guard colour else { return TerminalText.width(line) }
    var width = 0
    var isInEscape = false
    for scalar in line.unicodeScalars {
      if scalar == "\u{1B}" {
        isInEscape = true
      } else if isInEscape {
        isInEscape = scalar != "m"
      } else {
        width += TerminalText.width(String(scalar))
      }
    }
    return width
  }
}
