import SandboxCore

/// How a parameter that names a sub-agent is described.
enum AgentParameter {
  static func schema(_ agents: [AgentID]?) -> JSONValue {
    guard let agents else { return ["type": "string"] }
    return ["type": "string", "enum": .array(agents.map { .string($0.rawValue) })]
  }
}
