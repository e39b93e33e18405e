import SandboxCore

/// The tools that the runtime gives to every agent, without a manifest.
package enum BuiltinTools {
  /// `query_blackboard`, `write_blackboard`, `list_available_tools`; category `session`.
  package static let sessionTools: [ToolDefinition] = [queryBlackboard, writeBlackboard, listAvailableTools]

  private static let queryBlackboard = ToolDefinition(
    id: ToolID(QueryBlackboardTool.name),
    description: """
      Read the blackboard, the memory that all agents of this session share: findings, intermediate results, notes, \
      and under the namespace "artifacts" the files made so far. All given conditions must hold. Large values are \
      shortened unless exactly one entry is found: give namespace and key to read one in full.
      """,
    category: "session",
    parameters: object([
      "query": text("Part of the key or of the value, in any case."),
      "namespace": text("A namespace, or a pattern with * and ?, as research:*."),
      "key": text("A key, or a pattern with * and ?."),
      "limit": ["type": "integer", "minimum": 1, "maximum": .int(Int64(QueryBlackboardTool.maximumEntries))],
    ]),
    effect: .pure, traits: .unmetered)

  private static let writeBlackboard = ToolDefinition(
    id: ToolID(WriteBlackboardTool.name),
    description: """
      Write a value to the blackboard for the other agents of this session. It replaces what is under that namespace \
      and key and gets the next version; with expectedVersion it is only written when that version is there (0: \
      nothing yet).
      """,
    category: "session",
    parameters: object(
      [
        "namespace": text("What it belongs to, as research:findings."),
        "key": text("Its name in the namespace."),
        "value": ["description": "Any JSON value, up to 1 MiB."],
        "expectedVersion": ["type": "integer", "minimum": 0],
      ], required: ["namespace", "key", "value"]),
    effect: .idempotent, traits: .unmetered)

  private static let listAvailableTools = ToolDefinition(
    id: ToolID(ListAvailableToolsTool.name),
    description: "List the tools of this session with what they do, all or those of one category.",
    category: "session",
    parameters: object(["category": text("research, content, analytics, integration or execution.")]),
    effect: .pure, traits: .unmetered)

  private static func text(_ description: String) -> JSONValue {
    ["type": "string", "description": .string(description)]
  }

  private static func object(_ properties: JSONObject, required: [JSONValue] = []) -> JSONValue {
    [
      "type": "object", "properties": .object(properties), "required": .array(required), "additionalProperties": false,
    ]
  }
}
