package import SandboxCore

/// One rule of a script: which requests it answers, and how.
package struct ScriptedStep: Sendable {
  /// The agent's id, with `*` and `?`; nil is any.
  package var agent: String?
  /// Part of the first user message; nil is any.
  package var prompt: String?
  /// Part of the last message; nil is any.
  package var last: String?
  /// How many tool results the conversation has; nil is any.
  package var results: Int?
  /// How often it may be used; nil is without end.
  package var times: Int?
  package var delay: Duration
  package var outcome: Outcome

  package enum Outcome: Sendable {
    case reply(ModelReply)
    case failure(SandboxError)
  }

  package init(
    agent: String? = nil, prompt: String? = nil, last: String? = nil, results: Int? = nil, times: Int? = 1,
    delay: Duration = .zero, _ outcome: Outcome
  ) {
    self.agent = agent
    self.prompt = prompt
    self.last = last
    self.results = results
    self.times = times
    self.delay = delay
    self.outcome = outcome
  }

  func matches(_ request: ModelRequest, results count: Int) -> Bool {
    if let agent, !Glob(agent).matches(request.agentID.rawValue) { return false }
    if let results, results != count { return false }
    if let prompt, !Self.contains(request.messages.first { $0.isUser }?.text, prompt) { return false }
    if let last, !Self.contains(request.messages.last?.text, last) { return false }
    return true
  }

  private static func contains(_ text: String?, _ part: String) -> Bool {
    part.isEmpty || text?.contains(part) == true
  }
}
