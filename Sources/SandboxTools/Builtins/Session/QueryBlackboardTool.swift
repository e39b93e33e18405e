import SandboxCore

/// `query_blackboard`: what agents have left for each other.
struct QueryBlackboardTool: BuiltinTool {
  static let name = "query_blackboard"
  static let maximumEntries = 100
  /// Of several entries, values larger than this are only begun; asking for one entry gives all of it.
  static let maximumPreview = 2_000

  private let blackboard: Blackboard

  init(_ context: BuiltinContext) { blackboard = context.blackboard }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let limit = try arguments.int("limit", in: 1...Self.maximumEntries, default: 20)
    let found = blackboard.search(
      namespace: try arguments.optionalString("namespace"), key: try arguments.optionalString("key"),
      text: try arguments.optionalString("query"), limit: limit + 1)
    var budget = ResultBudget()
    let entries = found.prefix(limit).map { Self.json($0, isWhole: found.count == 1) }.prefix { budget.admits($0) }
    return ToolOutput(json: ["entries": .array(Array(entries)), "truncated": .bool(found.count > entries.count)])
  }

  private static func json(_ entry: BlackboardEntry, isWhole: Bool) -> JSONValue {
    var result: JSONObject = [
      "namespace": .string(entry.namespace), "key": .string(entry.key), "version": .int(Int64(entry.version)),
      "agentId": .string(entry.agentID.rawValue), "updatedAt": .int(entry.updatedAt),
    ]
    let text = entry.value.stringValue ?? entry.value.text()
    if isWhole || text.utf8.count <= maximumPreview {
      result["value"] = entry.value
    } else {
      result["preview"] = .string(String(text.prefix(maximumPreview)) + "…")
      result["bytes"] = .int(Int64(text.utf8.count))
    }
    return .object(result)
  }
}
