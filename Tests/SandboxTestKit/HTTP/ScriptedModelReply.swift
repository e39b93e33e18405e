/// What a ``ScriptedModelServer`` answers.
package enum ScriptedModelReply: Sendable {
  package struct ToolCall: Sendable, Hashable {
    package let id: String
    package let name: String
    /// As the wire has them: a string that need not be JSON.
    package let arguments: String

    package init(id: String, name: String, arguments: String = "{}") {
      self.id = id
      self.name = name
      self.arguments = arguments
    }
  }

  case text(String, prompt: Int = 10, completion: Int = 5)
  case toolCalls([ToolCall], text: String? = nil, prompt: Int = 10, completion: Int = 5)
  /// A completion that was stopped by the token limit.
  case cutByLength(String, prompt: Int = 10, completion: Int = 5)
  case refusal(String)
  /// Without usage.
  case textWithoutUsage(String)
  /// An error body as the service sends it. `retryAfter` is the header's value.
  case error(Int, code: String, type: String = "error", retryAfter: String? = nil)
  /// Anything at all.
  case raw(LoopbackReply)
  /// The reply, later.
  indirect case delayed(Duration, ScriptedModelReply)
  /// The tokens are billed, and the connection is cut in the middle of the reply.
  indirect case cutOff(ScriptedModelReply)

  package static let unauthorized = error(401, code: "invalid_api_key", type: "invalid_request_error")
  package static func rateLimited(retryAfter: String? = nil) -> ScriptedModelReply {
    error(429, code: "rate_limit_exceeded", type: "requests", retryAfter: retryAfter)
  }
  package static let outOfQuota = error(429, code: "insufficient_quota", type: "insufficient_quota")
  package static let serverError = error(500, code: "server_error", type: "server_error")
  package static let garbage = raw(.garbage)
  package static let notJSON = raw(.html(200))
  package static let closed = raw(.close)
  package static let silence = raw(.silence)
  package static let unknownTool = toolCalls([ToolCall(id: "call_unknown", name: "no_such_tool")])
  package static let badArguments = toolCalls([ToolCall(id: "call_bad", name: "echo", arguments: "{\"text\": ")])
}
