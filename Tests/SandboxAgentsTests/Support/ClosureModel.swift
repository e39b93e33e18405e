import SandboxAgents
import SandboxCore
import Synchronization

/// A model that answers as a function says, and remembers what it was asked.
final class ClosureModel: LanguageModel {
  let name = "test/model"
  private let body: @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply
  private let asked = Mutex<[ModelRequest]>([])

  init(_ body: @escaping @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply) { self.body = body }

  var requests: [ModelRequest] { asked.withLock { $0 } }

  func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply {
    asked.withLock { $0.append(request) }
    return try await body(request)
  }
}

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
