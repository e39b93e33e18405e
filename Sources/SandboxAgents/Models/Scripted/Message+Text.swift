import SandboxCore

extension Message {
  var text: String {
    switch self {
    case .system(let text), .user(let text): text
    case .assistant(let message): message.text
    case .toolResult(let result): result.text
    }
  }

  var isUser: Bool { if case .user = self { true } else { false } }
  var isToolResult: Bool { if case .toolResult = self { true } else { false } }
}
