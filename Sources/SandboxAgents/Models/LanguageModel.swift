package import SandboxCore

/// A language model: messages and tools in, one reply out. It knows nothing of budgets, retries or the journal.
///
/// - SeeAlso: `MeteredModel`, through which every call goes.
package protocol LanguageModel: Sendable {
  /// The name as the session's configuration and the journal spell it, as `openai/gpt-4o` or `offline`.
  var name: String { get }

  /// Asks once. An answer that makes no sense to the caller is still an answer.
  ///
  /// - Throws: ``SandboxError`` with `retry` set as the provider's protocol says; its cause is a ``ModelFailure`` when
  ///   something is known about billing. `.cancelled` when the task was cancelled.
  func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply
}

package struct ModelRequest: Sendable, Hashable {
  package let agentID: AgentID
  package let messages: [Message]
  package let tools: [ToolSpecification]
  package let maxOutputTokens: Int
  package let temperature: Double?
  /// The same for each attempt at the same step.
  package let idempotencyKey: String
  package let attempt: Int
  package let timeout: Duration

  package init(
    agentID: AgentID, messages: [Message], tools: [ToolSpecification], maxOutputTokens: Int, temperature: Double? = nil,
    idempotencyKey: String, attempt: Int = 1, timeout: Duration = .seconds(600)
  ) {
    self.agentID = agentID
    self.messages = messages
    self.tools = tools
    self.maxOutputTokens = maxOutputTokens
    self.temperature = temperature
    self.idempotencyKey = idempotencyKey
    self.attempt = attempt
    self.timeout = timeout
  }
}

/// A tool as a model sees it.
package struct ToolSpecification: Sendable, Hashable {
  package let name: String
  package let description: String
  /// JSON Schema of the arguments.
  package let parameters: JSONValue
  /// What kind of work it is for; not sent to providers.
  package let category: String

  package init(name: String, description: String, parameters: JSONValue, category: String) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.category = category
  }
}

package struct ModelReply: Sendable, Hashable {
  package let text: String
  package let toolCalls: [ToolCall]
  /// The provider's word, as `stop`, `tool_calls`, `length`.
  package let finishReason: String
  /// Nil when the provider did not say; the caller then charges what it had reserved.
  package let usage: TokenUsage?
  /// What the provider says it charged, when it says so.
  package let reportedCost: Money?
  package let requestID: String?

  package struct ToolCall: Sendable, Hashable {
    package let id: String
    package let name: String
    /// As it came: need not be JSON.
    package let arguments: String

    package init(id: String, name: String, arguments: String) {
      self.id = id
      self.name = name
      self.arguments = arguments
    }
  }

  package init(
    text: String, toolCalls: [ToolCall] = [], finishReason: String = "stop", usage: TokenUsage? = nil,
    reportedCost: Money? = nil, requestID: String? = nil
  ) {
    self.text = text
    self.toolCalls = toolCalls
    self.finishReason = finishReason
    self.usage = usage
    self.reportedCost = reportedCost
    self.requestID = requestID
  }
}

/// What is known about a model call that brought no answer.
package struct ModelFailure: Error, Sendable, Hashable {
  /// HTTP status, when there was one.
  package let status: Int?
  /// False only when the provider certainly did no work; else the call is charged its worst case.
  package let mayBeBilled: Bool

  package init(status: Int?, mayBeBilled: Bool) {
    self.status = status
    self.mayBeBilled = mayBeBilled
  }
}
