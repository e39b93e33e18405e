import SandboxCore
import SandboxTools

/// `synthesize_results`: what the sub-agents brought, in one document, from which the meta-agent writes its answer. It is
/// left on the blackboard, too.
struct SynthesizeResultsTool: ToolExecutor {
  static let id = ToolID("synthesize_results")
  static let key = BlackboardKey("session", "synthesis")
  private static let maximumKeys = 20

  let log: SessionLog
  let time: TimeSource

  static let definition = ToolDefinition(
    id: id,
    description:
      "Gather the results of the sub-agents' tasks into one document: each task's result, artifacts, and what failed. "
      + "Use it before a final answer that draws on several tasks.",
    category: AgentProfile.sessionCategory,
    parameters: [
      "type": "object",
      "properties": [
        "taskIds": ["type": "array", "items": ["type": "string"], "description": "All tasks if left out"],
        "keys": [
          "type": "array", "items": ["type": "string"], "description": "Blackboard entries to add, as namespace/key",
        ],
        "instructions": ["type": "string", "description": "What the result is for; put at its beginning"],
        "format": ["type": "string", "enum": ["markdown", "json"]],
      ],
      "additionalProperties": false,
    ], effect: .idempotent, traits: .unmetered)

  /// - Throws: `.notFound` for a task or an entry that is not there; `.invalidArgument`; `.io`.
  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = invocation.arguments
    let wish = arguments["format"]?.stringValue ?? Synthesis.Format.markdown.rawValue
    guard let format = Synthesis.Format(rawValue: wish) else {
      throw SandboxError(.invalidArgument, "format must be markdown or json")
    }
    let tasks = arguments["taskIds"]?.arrayValue?.compactMap(\.stringValue).map { TaskID($0) }
    var keys: [BlackboardKey] = []
    for text in arguments["keys"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
      guard let slash = text.firstIndex(of: "/"), keys.count < Self.maximumKeys else {
        throw SandboxError(
          .invalidArgument,
          "keys must be at most \(Self.maximumKeys) texts of the form namespace/key, not \(text.excerpt(100))")
      }
      keys.append(BlackboardKey(String(text[..<slash]), String(text[text.index(after: slash)...])))
    }
    let synthesis = try Synthesis(
      log.current, tasks: tasks, keys: keys, instructions: arguments["instructions"]?.stringValue ?? "")
    let value: JSONValue = format == .json ? synthesis.json : .string(synthesis.markdown)
    try await keep(value, by: invocation.agentID)
    return value.stringValue.map { ToolOutput(text: $0) } ?? ToolOutput(json: value)
  }

  /// A repeated call leaves what it wrote before.
  private func keep(_ value: JSONValue, by agent: AgentID) async throws(SandboxError) {
    if log.read({ $0.blackboardEntry(Self.key)?.value == value }) { return }
    try await Blackboard(log: log).write(
      Self.key.namespace, Self.key.key, value, by: agent, at: time.wallMilliseconds())
  }
}
