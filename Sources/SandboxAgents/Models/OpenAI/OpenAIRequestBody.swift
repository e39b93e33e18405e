import SandboxCore

/// Writes the JSON of a chat completions request straight into bytes: a transcript is sent again with every step, so
/// it is not first turned into a tree of values.
struct OpenAIRequestBody {
  private(set) var bytes: [UInt8] = []

  init(_ request: ModelRequest, model: String, profile: OpenAIProfile, reasoningEffort: String?) {
    bytes.reserveCapacity(4096 + request.messages.count * 256)
    raw(#"{"model":"#)
    string(model)
    raw(#","messages":["#)
    for (index, message) in request.messages.enumerated() {
      if index > 0 { raw(",") }
      write(message)
    }
    raw("]")
    if !request.tools.isEmpty {
      raw(#","tools":["#)
      for (index, tool) in request.tools.enumerated() {
        if index > 0 { raw(",") }
        write(tool)
      }
      raw("]")
    }
    raw(#",""#)
    raw(profile.outputCap)
    raw(#"":"#)
    bytes.append(contentsOf: String(request.maxOutputTokens).utf8)
    if let temperature = request.temperature {
      raw(#","temperature":"#)
      bytes.append(contentsOf: JSONValue.double(temperature).utf8(.compact))
    }
    if let reasoningEffort {
      raw(#","reasoning_effort":"#)
      string(reasoningEffort)
    }
    raw("}")
  }

  private mutating func write(_ message: Message) {
    switch message {
    case .system(let text): write(role: "system", text)
    case .user(let text): write(role: "user", text)
    case .assistant(let message): write(message)
    case .toolResult(let result):
      raw(#"{"role":"tool","tool_call_id":"#)
      string(result.providerID)
      raw(#","content":"#)
      string(result.text)
      raw("}")
    }
  }

  private mutating func write(role: StaticString, _ text: String) {
    raw(#"{"role":""#)
    raw(role)
    raw(#"","content":"#)
    string(text)
    raw("}")
  }

  private mutating func write(_ message: AssistantMessage) {
    raw(#"{"role":"assistant","content":"#)
    // Null is allowed only beside calls.
    if message.text.isEmpty, !message.toolCalls.isEmpty { raw("null") } else { string(message.text) }
    if !message.toolCalls.isEmpty {
      raw(#","tool_calls":["#)
      for (index, call) in message.toolCalls.enumerated() {
        if index > 0 { raw(",") }
        raw(#"{"id":"#)
        string(call.providerID)
        raw(#","type":"function","function":{"name":"#)
        string(call.name)
        raw(#","arguments":"#)
        string(call.arguments.isEmpty ? "{}" : call.arguments)
        raw("}}")
      }
      raw("]")
    }
    raw("}")
  }

  private mutating func write(_ tool: ToolSpecification) {
    raw(#"{"type":"function","function":{"name":"#)
    string(tool.name)
    raw(#","description":"#)
    string(tool.description)
    raw(#","parameters":"#)
    bytes.append(contentsOf: tool.parameters.utf8(.compact))
    raw("}}")
  }

  private mutating func raw(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func string(_ text: String) { bytes.append(contentsOf: JSONValue.string(text).utf8(.compact)) }
}
