import SandboxCore
import SandboxTestKit

/// The script of the benchmark's model server: which tools it picks and how it fills in their arguments.
enum BenchServer {
  static let categories = ["research", "content", "analytics"]
  private static let work = ["echo", "append", "sleep", "bench"]
  private static let delegate = ["delegate", "spawn", "assign", "dispatch", "worker", "task", "handoff", "transfer"]
  private static let agentish = ["agent", "member", "assignee", "category", "role", "subagent", "target", "worker"]

  static func transport() -> FakeTransport {
    FakeTransport { request, _ throws(SandboxError) in
      let body = try JSONValue(parsing: request.body)
      let messages = body["messages"]?.arrayValue ?? []
      let results = messages.count { $0["role"]?.stringValue == "tool" }
      let texts = messages.filter { ["system", "user"].contains($0["role"]?.stringValue) }
      let system = texts.filter { $0["role"]?.stringValue == "system" }
      let user = texts.filter { $0["role"]?.stringValue == "user" }
      guard let role = (system + user).lazy.compactMap({ tag($0["content"]?.stringValue ?? "") }).first else {
        return HTTPReply(400, #"{"error":{"message":"no script","type":"invalid_request_error"}}"#)
      }
      let label = user.lazy.compactMap { tag($0["content"]?.stringValue ?? "") }.first?.label ?? ""
      let tools = (body["tools"]?.arrayValue ?? []).compactMap { $0["function"] }
      let calls = calls(role.role, label: label, results: results, tools: tools)
      let completion = calls.isEmpty ? 80 : 24 * calls.count
      let message: JSONValue =
        calls.isEmpty
        ? ["role": "assistant", "content": .string("Summary of \(label) after \(results) tool results.")]
        : ["role": "assistant", "content": nil, "tool_calls": .array(calls)]
      let reply: JSONValue = [
        "id": "c",
        "choices": [["index": 0, "message": message, "finish_reason": calls.isEmpty ? "stop" : "tool_calls"]],
        "usage": ["prompt_tokens": .int(Int64(200 + 60 * results)), "completion_tokens": .int(Int64(completion))],
      ]
      return HTTPReply(status: 200, body: reply.utf8(.compact))
    }
  }

  private static func tag(_ text: String) -> (role: String, label: String)? {
    guard let start = text.range(of: "[[bench:"), let end = text[start.upperBound...].range(of: "]]") else {
      return nil
    }
    let parts = text[start.upperBound..<end.lowerBound].split(separator: ":", maxSplits: 1)
    return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
  }

  private static func calls(_ role: String, label: String, results: Int, tools: [JSONValue]) -> [JSONValue] {
    let parts = role.split(separator: "-").map(String.init)
    let numbers = parts.compactMap(Int.init)
    switch (parts.first, parts.count > 1 ? parts[1] : "") {
    case ("worker", _):
      guard results < numbers[0], let tool = tools.first(where: { named($0, work) }) ?? tools.first else { return [] }
      return [call("call_\(label)_\(results + 1)", tool, "\(label) step \(results + 1)", "")]
    case ("meta", "team"):
      guard results == 0 else { return [] }
      return categories.compactMap { category in
        delegationTool(tools, category).map {
          call(
            "call_meta_\(category)", $0,
            "Carry out the \(category) part of the plan. [[bench:worker-\(numbers[0]):\(category)]]", category)
        }
      }
    case ("meta", "fan"):
      guard results == 0, let tool = delegationTool(tools, "") else { return [] }
      return (0..<numbers[0]).map {
        call(
          "call_meta_\($0)", tool, "Carry out part \($0) of the plan. [[bench:worker-\(numbers[1]):p\($0)]]", "worker")
      }
    default: return []
    }
  }

  private static func named(_ tool: JSONValue, _ words: [String]) -> Bool {
    let name = tool["name"]?.stringValue?.lowercased() ?? ""
    return words.contains { name.contains($0) }
  }

  private static func delegationTool(_ tools: [JSONValue], _ category: String) -> JSONValue? {
    let fit = tools.filter { !named($0, work) }
    return (category.isEmpty ? nil : fit.first { named($0, [category]) }) ?? fit.first { named($0, delegate) } ?? fit
      .first
      ?? tools.first
  }

  private static func call(_ id: String, _ tool: JSONValue, _ text: String, _ who: String) -> JSONValue {
    let arguments = fill("", tool["parameters"] ?? .null, text, who)
    return [
      "id": .string(id), "type": "function",
      "function": ["name": tool["name"] ?? .null, "arguments": .string(arguments.text(.compact))],
    ]
  }

  private static func fill(_ name: String, _ schema: JSONValue, _ text: String, _ who: String) -> JSONValue {
    if let members = schema["enum"]?.arrayValue?.compactMap(\.stringValue) {
      return .string(members.first { !who.isEmpty && $0.contains(who) } ?? members.first ?? "")
    }
    switch schema["type"]?.stringValue {
    case "object":
      let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
      let properties = schema["properties"]?.objectValue ?? [:]
      return .object(
        JSONObject(
          properties.filter { required.isEmpty || required.contains($0.key) }.map {
            ($0.key, fill($0.key, $0.value, text, who))
          }))
    case "array": return .array([fill(name, schema["items"] ?? .null, text, who)])
    case "integer", "number": return 1
    case "boolean": return false
    default:
      return .string(agentish.contains { name.lowercased().contains($0) } && !who.isEmpty ? who : text)
    }
  }
}

extension String {
  /// The first place of `part`; Foundation has this, the standard library does not.
  fileprivate func range(of part: String) -> Range<Index>? { self[...].range(of: part) }
}

extension Substring {
  fileprivate func range(of part: String) -> Range<Index>? { firstRange(of: part) }
}
