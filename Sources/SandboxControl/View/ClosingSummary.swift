package import SandboxCore

/// What is said when a session has ended: how, with what answer and artifacts, at what expense.
package enum ClosingSummary {
  /// Several lines, the last one ended. All foreign text in it is safe for a terminal.
  ///
  /// - Parameters:
  ///   - directory: the session's folder.
  ///   - exitCode: what the process will really return, where that is not the outcome's own code.
  package static func text(
    answer: String, outcome: Outcome, artifactPaths: [String], directory: String, spend: Spend? = nil,
    exitCode: Int32? = nil, colour: Bool = false
  ) -> String {
    var lines = [state(of: outcome, colour: colour)]
    let answer = TerminalText.block(answer).split(separator: "\n", omittingEmptySubsequences: false)
    if answer.contains(where: { !$0.allSatisfy(\.isWhitespace) }) { lines += [""] + answer.map(String.init) + [""] }
    if !artifactPaths.isEmpty {
      lines.append("Artifacts:")
      lines += artifactPaths.map { "  " + TerminalText.line($0, limit: .max) }
    }
    lines.append("Session: " + TerminalText.line(directory, limit: .max))
    if let spend { lines.append("Spend: " + spend.parts.joined(separator: " · ")) }
    lines.append("Exit code: \(exitCode ?? outcome.exitCode.rawValue)")
    return lines.joined(separator: "\n") + "\n"
  }

  /// `timed_out (cost_limit): the session's limit of $1.000000 is spent; 2 tasks failed; not yet delivered`.
  private static func state(of outcome: Outcome, colour: Bool) -> String {
    let phase = outcome.phase.rawValue
    var text = outcome.name == phase ? phase : "\(phase) (\(outcome.name))"
    var remarks: [String] = []
    if let stop = outcome.stop { remarks.append(TerminalText.line(stop.detail)) }
    if outcome.failedTasks > 0 {
      remarks.append(outcome.failedTasks == 1 ? "1 task failed" : "\(outcome.failedTasks) tasks failed")
    }
    if !outcome.isSynced { remarks.append("not yet delivered") }
    if !remarks.isEmpty { text += ": " + remarks.joined(separator: "; ") }
    guard colour else { return text }
    let style: TerminalStyle =
      outcome.exitCode == .completed ? .green : outcome.phase == .completed ? .yellow : .red
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }
}
