package import SandboxCore

/// The model of the benchmark sessions: its reply is a pure function of the request.
///
/// The role comes from a tag `[[bench:ROLE]]` or `[[bench:ROLE:LABEL]]` in a system message, else in the first user
/// message that has one. `text` answers; `worker-K` calls a tool until it has K results, then answers; `meta-team-K`
/// delegates to research, content and analytics; `meta-fan-N-K` delegates N times. Usage depends only on the number of
/// tool results.
package enum WorkloadScript {
  package enum Role: Sendable, Hashable {
    case text
    case worker(Int)
    case team(Int)
    case fan(Int, Int)

    init?(_ text: Substring) {
      let parts = text.split(separator: "-")
      let numbers = parts.compactMap { Int($0) }
      switch (parts.first, parts.dropFirst().first, numbers.count) {
      case ("text", _, 0): self = .text
      case ("worker", _, 1): self = .worker(numbers[0])
      case ("meta", "team", 1): self = .team(numbers[0])
      case ("meta", "fan", 2): self = .fan(numbers[0], numbers[1])
      default: return nil
      }
    }

    /// Model requests and tool calls of a complete session, delegations included.
    package var expected: (requests: Int, toolCalls: Int) {
      switch self {
      case .text: (1, 0)
      case .worker(let steps): (steps + 1, steps)
      case .team(let steps): (2 + 3 * (steps + 1), 3 + 3 * steps)
      case .fan(let agents, let steps): (2 + agents * (steps + 1), agents + agents * steps)
      }
    }
  }

  package struct Answer: Sendable {
    package let body: JSONValue
    package let toolCalls: Int
    package let promptTokens: Int
    package let completionTokens: Int
  }

  /// The reply of an OpenAI-compatible server, or nil when the request carries no role.
  package static func answer(to request: JSONValue) -> Answer? {
    let messages = request["messages"]?.arrayValue ?? []
    let results = messages.count { $0["role"]?.stringValue == "tool" }
    let tags =
      messages.filter { ["system", "developer"].contains($0["role"]?.stringValue) }.compactMap(tag)
      + messages.filter { $0["role"]?.stringValue == "user" }.compactMap(tag)
    guard let (name, label) = tags.first, let role = Role(name) else { return nil }
    let tools = request["tools"]?.arrayValue?.compactMap { $0["function"] } ?? []
    let calls = calls(for: role, results: results, label: label, tools: tools)
    let usage = (prompt: 200 + 60 * results, completion: calls.isEmpty ? 80 : 24 * calls.count)
    var message: JSONObject = ["role": "assistant", "content": .null]
    if calls.isEmpty {
      message["content"] = .string("Summary of \(label) after \(results) tool results. Every step reported success.")
    } else {
      message["tool_calls"] = .array(calls)
    }
    let body: JSONValue = [
      "id": "c1", "object": "chat.completion", "model": request["model"] ?? "m",
      "choices": [
        [
          "index": 0, "message": .object(message),
          "finish_reason": calls.isEmpty ? "stop" : "tool_calls",
        ]
      ],
      "usage": [
        "prompt_tokens": .int(Int64(usage.prompt)), "completion_tokens": .int(Int64(usage.completion)),
        "total_tokens": .int(Int64(usage.prompt + usage.completion)),
      ],
    ]
    return Answer(
      body: body, toolCalls: calls.count, promptTokens: usage.prompt, completionTokens: usage.completion)
  }

  private static func tag(of message: JSONValue) -> (Substring, String)? {
    guard let text = message["content"]?.stringValue, let start = text.range(of: "[[bench:"),
      let end = text[start.upperBound...].range(of: "]]")
    else { return nil }
    let parts = text[start.upperBound..<end.lowerBound].split(separator: ":", maxSplits: 1)
    guard let role = parts.first else { return nil }
    return (role, parts.count > 1 ? String(parts[1]) : "meta")
  }

  private static func calls(for role: Role, results: Int, label: String, tools: [JSONValue]) -> [JSONValue] {
    switch role {
    case .text: return []
    case .worker(let steps):
      guard results < steps, let tool = tools.first(where: isWork) ?? tools.first else { return [] }
      return [call("call_\(label)_\(results + 1)", tool, text: "\(label) step \(results + 1)", who: "")]
    case .team(let steps):
      guard results == 0 else { return [] }
      return ["research", "content", "analytics"].compactMap { category in
        let text = "Carry out the \(category) part of the plan. [[bench:worker-\(steps):\(category)]]"
        return delegation(tools, category).map { call("call_meta_\(category)", $0, text: text, who: category) }
      }
    case .fan(let agents, let steps):
      guard results == 0, let tool = delegation(tools, "") else { return [] }
      return (0..<agents).map { index in
        let text = "Carry out part \(index) of the plan. [[bench:worker-\(steps):p\(index)]]"
        return call("call_meta_\(index)", tool, text: text, who: "worker")
      }
    }
  }

  private static func name(_ tool: JSONValue) -> String { tool["name"]?.stringValue?.lowercased() ?? "" }

  private static func isWork(_ tool: JSONValue) -> Bool {
    ["echo", "append", "sleep", "bench"].contains { name(tool).contains($0) }
  }

  private static func delegation(_ tools: [JSONValue], _ category: String) -> JSONValue? {
    let others = tools.filter { !isWork($0) }
    let words = ["delegate", "spawn", "assign", "dispatch", "worker", "task", "handoff", "transfer"]
    return others.first { !category.isEmpty && name($0).contains(category) }
      ?? others.first { tool in words.contains { name(tool).contains($0) } } ?? others.first ?? tools.first
  }

  private static func call(_ id: String, _ tool: JSONValue, text: String, who: String) -> JSONValue {
    let schema = tool["parameters"] ?? .object([:])
    return [
      "id": .string(id), "type": "function",
      "function": [
        "name": tool["name"] ?? "", "arguments": .string(fill("", schema, text: text, who: who).text(.compact)),
      ],
    ]
  }

  /// A value that satisfies the schema: agent-like names get `who`, other strings `text`.
  private static func fill(_ name: String, _ schema: JSONValue, text: String, who: String) -> JSONValue {
    if let choices = schema["enum"]?.arrayValue {
      return choices.first { !who.isEmpty && $0.stringValue?.contains(who) == true } ?? choices.first ?? .null
    }
    switch schema["type"]?.stringValue ?? "string" {
    case "integer", "number": return 1
    case "boolean": return false
    case "array": return schema["items"].map { [fill(name, $0, text: text, who: who)] } ?? []
    case "object":
      let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
      var object = JSONObject()
      for (key, value) in schema["properties"]?.objectValue ?? [:] where required.isEmpty || required.contains(key) {
        object[key] = fill(key, value, text: text, who: who)
      }
      return .object(object)
    default:
      let isAgent = ["agent", "member", "assignee", "category", "role", "target", "worker"].contains {
        name.lowercased().contains($0)
      }
      return .string(isAgent && !who.isEmpty ? who : text)
    }
  }
}
