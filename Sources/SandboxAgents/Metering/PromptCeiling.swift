import SandboxCore

/// An upper bound of a prompt's tokens, computed without a tokeniser.
///
/// Every token of a byte-level tokeniser stands for at least one byte, so a text has at most as many tokens as UTF-8
/// bytes; what servers put around messages and tools is bounded by constants. Where the provider has already counted a
/// beginning of the same prompt, its count replaces the bytes of that part: it is what it bills.
enum PromptCeiling {
  /// Role markers and separators of one message or call.
  static let perMessage = 16
  /// The instructions that servers add when there are tools.
  static let toolPreamble = 512
  private static let perPrompt = 32

  static func tokens(of messages: some Sequence<Message>) -> Int {
    messages.reduce(perPrompt) { $0.addingSaturating(tokens(of: $1)) }
  }

  static func tokens(of message: Message) -> Int {
    switch message {
    case .system(let text), .user(let text): text.utf8.count + perMessage
    case .toolResult(let result): result.text.utf8.count + result.providerID.utf8.count + perMessage
    case .assistant(let message):
      message.toolCalls.reduce(message.text.utf8.count + perMessage) { sum, call in
        sum + call.name.utf8.count + call.arguments.utf8.count + call.providerID.utf8.count + perMessage
      }
    }
  }

  static func tokens(of tool: ToolSpecification) -> Int {
    tool.name.utf8.count + tool.description.utf8.count + tool.parameters.utf8(.compact).count + 2 * perMessage
  }
}
