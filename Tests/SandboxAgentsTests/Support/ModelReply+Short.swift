import SandboxAgents
import SandboxCore

extension ModelReply {
  static func calls(_ calls: (String, String)...) -> ModelReply {
    ModelReply(
      text: "",
      toolCalls: calls.enumerated().map { ModelReply.ToolCall(id: "", name: $1.0, arguments: $1.1) },
      finishReason: "tool_calls", usage: TokenUsage(input: 10, output: 5))
  }

  static func say(_ text: String, usage: TokenUsage? = TokenUsage(input: 10, output: 5)) -> ModelReply {
    ModelReply(text: text, usage: usage)
  }
}

extension ModelRequest {
  var results: [ToolResultMessage] {
    messages.compactMap { if case .toolResult(let result) = $0 { result } else { nil } }
  }

  var firstUserMessage: String {
    for case .user(let text) in messages { return text }
    return ""
  }

  var lastText: String {
    switch messages.last {
    case .system(let text), .user(let text): text
    case .assistant(let message): message.text
    case .toolResult(let result): result.text
    case nil: ""
    }
  }
}
