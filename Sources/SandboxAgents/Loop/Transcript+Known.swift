import SandboxCore

extension Transcript {
  /// What an agent that was stopped leaves behind: its last words, or what its last tools returned.
  var known: String {
    if let text = turns.last(where: { !$0.message.text.allSatisfy(\.isWhitespace) })?.message.text { return text }
    let results = turns.suffix(8).flatMap { turn in turn.message.toolCalls.compactMap { turn.results[$0.id] } }
    return results.filter { !$0.isError }.suffix(8).map { $0.text.cut(to: 1_000) }.joined(separator: "\n\n")
  }
}
