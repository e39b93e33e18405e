import SandboxCore
import SandboxTools

extension Policy.Decision {
  enum Kind { case allow, deny, ask }

  var kind: Kind {
    switch self {
    case .allow: .allow
    case .deny: .deny
    case .ask: .ask
    }
  }

  var reason: String? {
    switch self {
    case .allow: nil
    case .deny(let reason), .ask(let reason): reason
    }
  }
}

extension Policy {
  /// A policy of one rule, all else allowed.
  static func only(_ action: String, _ match: JSONValue) throws -> Policy {
    try Policy(parsing: ["default": "allow", "rules": [["id": "r", "match": match, "action": .string(action)]]])
  }

  func kind(_ tool: ToolDefinition, _ arguments: JSONValue = [:]) -> Decision.Kind {
    decision(on: tool, arguments: arguments).kind
  }
}

extension ToolDefinition {
  static func sample(
    _ id: String = "fetch", name: String? = nil, category: String = "research", effect: ToolEffect = .pure,
    cost: Money = .zero, approval: ToolApproval = .never, hosts: [String] = []
  ) -> ToolDefinition {
    ToolDefinition(
      id: ToolID(id), name: name, description: "", category: category, parameters: ["type": "object"], effect: effect,
      costPerRequest: cost, approval: approval, hosts: hosts)
  }
}
