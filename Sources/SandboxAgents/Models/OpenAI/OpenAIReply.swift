import SandboxCore

/// Reads the body of a chat completion: strict in what it needs, tolerant of what servers leave out or spell otherwise.
struct OpenAIReply {
  let body: JSONValue

  /// The error that the body carries, which some gateways send with HTTP 200, inside the reply or inside its choice.
  var error: JSONValue? {
    if let error = body["error"], !error.isNull { return error }
    guard let choice, let error = choice["error"], !error.isNull else { return nil }
    return error
  }

  private var choice: JSONValue? { body["choices"]?[0] }

  /// The reply, or nil when the body has no message.
  func reply(requestID: String?) -> ModelReply? {
    guard let choice, let message = choice["message"], message.objectValue != nil else { return nil }
    let calls = toolCalls(of: message)
    var text = Self.text(of: message["content"])
    var reason = choice["finish_reason"]?.stringValue ?? ""
    if let refusal = message["refusal"]?.stringValue, !refusal.isEmpty {
      if text.isEmpty { text = refusal }
      reason = "refusal"
    }
    // Some servers say "stop" beside calls, others have words of their own: the calls decide. Only `length` matters
    // either way, because what was cut must not run.
    if reason != "length", reason != "refusal" {
      if !calls.isEmpty {
        reason = "tool_calls"
      } else if reason != "content_filter" {
        reason = "stop"
      }
    }
    return ModelReply(
      text: text, toolCalls: calls, finishReason: reason, usage: usage, reportedCost: cost,
      requestID: requestID ?? body["id"]?.stringValue)
  }

  private static func text(of content: JSONValue?) -> String {
    switch content {
    case .string(let text): text
    case .array(let parts): parts.compactMap { $0["text"]?.stringValue }.joined()
    default: ""
    }
  }

  private func toolCalls(of message: JSONValue) -> [ModelReply.ToolCall] {
    if let calls = message["tool_calls"]?.arrayValue, !calls.isEmpty {
      return calls.map { call in
        Self.call(id: call["id"]?.stringValue ?? "", function: call["function"] ?? call["custom"] ?? .null)
      }
    }
    guard let function = message["function_call"], function.objectValue != nil else { return [] }
    return [Self.call(id: "", function: function)]
  }

  private static func call(id: String, function: JSONValue) -> ModelReply.ToolCall {
    let arguments =
      switch function["arguments"] ?? function["input"] {
      case nil, .null: ""
      case .string(let text): text
      // Older servers send the object itself instead of its text.
      case .some(let value): value.text(.compact)
      }
    return ModelReply.ToolCall(id: id, name: function["name"]?.stringValue ?? "", arguments: arguments)
  }

  /// Nil when the server does not say how large the prompt was, or says something impossible: then the caller charges
  /// its worst case. `prompt_tokens` contains the cached ones, `completion_tokens` the reasoning.
  private var usage: TokenUsage? {
    guard let usage = body["usage"], let prompt = usage["prompt_tokens"]?.intValue, prompt > 0,
      let completion = usage["completion_tokens"]?.intValue, completion >= 0
    else { return nil }
    let details = usage["prompt_tokens_details"]
    func count(_ value: JSONValue?) -> Int { max(0, value?.intValue ?? 0) }
    return TokenUsage(
      input: prompt, output: completion, cachedInput: min(prompt, count(details?["cached_tokens"])),
      cacheWrite: min(prompt, count(details?["cache_write_tokens"])),
      reasoning: count(usage["completion_tokens_details"]?["reasoning_tokens"]))
  }

  /// What the gateway says it charged, in dollars.
  private var cost: Money? { body["usage"]?["cost"]?.doubleValue.flatMap(Money.init(dollars:)) }
}
