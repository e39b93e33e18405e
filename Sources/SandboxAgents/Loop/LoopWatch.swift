import SandboxCore

/// Notices an agent that makes no progress: the same calls with the same results three times in a row, or two such
/// replies in turn three times. First it is told, then it gets no tools for a final answer, then it is stopped.
///
/// What it said is in the transcript, so a resumed agent is judged as if nothing had happened. Polling whose results
/// change is no loop.
enum LoopWatch {
  static let nudge =
    "Note from the runtime: you repeat the same tool calls and get the same results. Do something else, or give your "
    + "final answer from what you know."
  static let restriction =
    "Note from the runtime: you went on repeating yourself, so no more tools are available. Give your final answer now "
    + "from what you know."

  enum Verdict: Equatable {
    case fine
    case note(String)
    case stop(String)
  }

  private static let repetitions = 3

  static func verdict(_ turns: [Transcript.Turn]) -> Verdict {
    guard let last = turns.last, !last.message.toolCalls.isEmpty else { return .fine }
    if let restricted = turns.lastIndex(where: { $0.note?.contains(restriction) == true }) {
      guard restricted < turns.count - 1 else { return .fine }
      return .stop("the agent went on calling \(last.message.toolCalls[0].name) after it was told to finish")
    }
    let nudged = turns.lastIndex { $0.note?.contains(nudge) == true }
    guard isRepeating(turns[(nudged.map { $0 + 1 } ?? 0)...]) else { return .fine }
    return .note(nudged == nil ? nudge : restriction)
  }

  /// Whether the agent has lost its tools.
  static func isRestricted(_ turns: [Transcript.Turn]) -> Bool {
    turns.contains { $0.note?.contains(restriction) == true }
  }

  private static func isRepeating(_ turns: ArraySlice<Transcript.Turn>) -> Bool {
    for period in 1...2 {
      let length = period * repetitions
      guard turns.count >= length else { continue }
      let window = Array(turns.suffix(length))
      if (period..<length).allSatisfy({ isSame(window[$0], window[$0 - period]) }) { return true }
    }
    return false
  }

  private static func isSame(_ left: Transcript.Turn, _ right: Transcript.Turn) -> Bool {
    let (calls, others) = (left.message.toolCalls, right.message.toolCalls)
    guard !calls.isEmpty, calls.count == others.count else { return false }
    return zip(calls, others).allSatisfy { call, other in
      call.name == other.name && left.results[call.id]?.text == right.results[other.id]?.text
        && isSame(arguments: call.arguments, other.arguments)
    }
  }

  /// Spaces and the order of members make no difference.
  private static func isSame(arguments left: String, _ right: String) -> Bool {
    if left == right { return true }
    guard let left = try? JSONValue(parsing: left), let right = try? JSONValue(parsing: right) else { return false }
    return left.isNumericallyEqual(to: right)
  }
}
