/// An agent's whole state: what it was told, what it answered, what its tools returned. Its messages are the next
/// model request.
package struct Transcript: Sendable, Hashable, Codable {
  package let system: String
  package let prompt: String
  package private(set) var turns: [Turn] = []

  package struct Turn: Sendable, Hashable, Codable {
    package let message: AssistantMessage
    package fileprivate(set) var results: [CallID: ToolResultMessage] = [:]
    /// A note from the runtime after this turn, as "you are repeating yourself".
    package fileprivate(set) var note: String?
  }

  package init(system: String, prompt: String) {
    self.system = system
    self.prompt = prompt
  }

  package mutating func append(_ message: AssistantMessage) { turns.append(Turn(message: message)) }

  package mutating func append(_ result: ToolResultMessage) {
    guard
      let index = turns.lastIndex(where: { turn in turn.message.toolCalls.contains { $0.id == result.callID } })
    else { return }
    turns[index].results[result.callID] = result
  }

  package mutating func append(note: String) {
    guard let last = turns.indices.last else { return }
    turns[last].note = turns[last].note.map { "\($0)\n\(note)" } ?? note
  }

  /// The calls of the last reply that have no result yet, in call order.
  package var openCalls: [ToolCallRequest] {
    guard let last = turns.last else { return [] }
    return last.message.toolCalls.filter { last.results[$0.id] == nil }
  }

  /// All messages in the order a provider wants them: results in call order, whatever order they came in.
  package var messages: [Message] {
    var messages: [Message] = system.isEmpty ? [] : [.system(system)]
    messages.append(.user(prompt))
    for turn in turns {
      messages.append(.assistant(turn.message))
      for call in turn.message.toolCalls {
        if let result = turn.results[call.id] { messages.append(.toolResult(result)) }
      }
      if let note = turn.note { messages.append(.user(note)) }
    }
    return messages
  }
}
