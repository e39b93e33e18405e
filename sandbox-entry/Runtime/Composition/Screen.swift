import Glibc
import SandboxControl
import SandboxCore
import SandboxSession

/// Standard output: a live view on a terminal, lines when it is piped. Logs, and the closing words when standard output
/// carries events, go to standard error.
final class Screen: Sendable {
  private let sink: OutputSink
  private let stream: EventStream?
  private let view: LiveView?
  private let start = TimeSource.system.monotonic()

  init(configuration: RunConfiguration, environment: [String: String]) {
    sink = OutputSink(descriptor: STDOUT_FILENO, redactor: configuration.redactor)
    let isLive = !configuration.log.isJSON && Terminal.canDraw(on: STDOUT_FILENO, environment: environment)
    let format: EventStream.Format = configuration.log.isJSON ? .json : .text
    stream = isLive ? nil : EventStream(sink: sink, format: format, session: configuration.session.sessionID)
    view =
      isLive
      ? LiveView(
        sink: sink, time: .system, size: { Terminal.size(of: STDOUT_FILENO) }, colour: Terminal.hasColour(environment))
      : nil
  }

  func observe(_ records: [EventRecord], _ state: SessionState) {
    stream?.observe(records, state)
    view?.observe(records, state)
  }

  /// Lets the clock of a live view run until the task is cancelled.
  func keepFresh(from log: SessionLog) async { await view?.keepFresh(from: log) }

  /// Puts a line above the live view; false when there is none.
  func interject(_ text: String) -> Bool {
    view?.interject(text)
    return view != nil
  }

  /// Shows how it ended and waits, a moment at most, until the reader has it.
  func finish(state: SessionState, outcome: Outcome, exitCode: Int32, directory: String, isInteractive: Bool) async {
    let answer = state.blackboard["session"]?["final_result"]?.value.stringValue ?? ""
    let paths = state.artifacts.map { "\(directory)/artifacts/\($0.name)" }
    if let view {
      view.finish(
        answer: answer, outcome: outcome, artifactPaths: paths, directory: directory, exitCode: exitCode)
    } else if isInteractive {
      let spend = Spend(state, elapsed: TimeSource.system.monotonic() - start)
      StandardError.write(
        ClosingSummary.text(
          answer: answer, outcome: outcome, artifactPaths: paths, directory: directory, spend: spend,
          exitCode: exitCode))
    }
    await sink.finish(within: .milliseconds(500))
    if sink.dropped > 0 { StandardError.write("sandbox-entry: \(sink.dropped) lines of standard output were dropped") }
  }
}
