package import SandboxCore
import SandboxSchema

/// What the session's owner allows beyond what manifests say: rules, of which the first that matches decides.
package struct Policy: Sendable {
  package enum Decision: Sendable, Hashable {
    case allow
    /// With the reason as the model reads it.
    case deny(String)
    case ask(String)
  }

  enum Action: String, Sendable, CaseIterable { case allow, deny, ask }

  static let maximumRules = 1_000
  /// Steps that the patterns of all rules may take in one decision.
  package static let maximumWork = Pattern.maximumWork
  /// Instructions of all rules' patterns together.
  static let maximumPatternSize = 200_000

  private let standard: Action
  private let rules: [PolicyRule]

  init(standard: Action, rules: [PolicyRule]) {
    self.standard = standard
    self.rules = rules
  }

  /// Everything is allowed for which no manifest asks for approval.
  package static let manifestsOnly = Policy(standard: .allow, rules: [])

  /// Whether it matters to which hosts calls go.
  var concernsHosts: Bool { rules.contains { $0.match.hosts != nil } }

  /// Whether a call may be made, and why not.
  ///
  /// A rule that allows stands above what the manifest asks for. What cannot be read or takes too long to compare
  /// counts as a match of rules that deny or ask, and as none of rules that allow.
  package func decision(
    on tool: ToolDefinition, arguments: JSONValue, work: Int = Policy.maximumWork
  ) -> Decision {
    var call = PolicyCall(tool: tool, arguments: arguments, work: work)
    if let rule = rules.first(where: { $0.match.holds(for: &call, isPermission: $0.action == .allow) }) {
      return decision(by: rule)
    }
    switch standard {
    case .allow: return Self.decision(byManifestOf: tool)
    case .deny:
      return .deny("no rule of the session's policy allows this call. Use another tool, or go on without it.")
    case .ask:
      return .ask(
        "no rule of the session's policy allows this call without asking. Use another tool, or go on without it.")
    }
  }

  private func decision(by rule: PolicyRule) -> Decision {
    switch rule.action {
    case .allow: .allow
    case .deny: .deny("rule \"\(rule.id)\" of the session's policy forbids it\(rule.explanation) \(rule.match.advice)")
    case .ask: .ask("rule \"\(rule.id)\" of the session's policy asks for it\(rule.explanation) \(rule.match.advice)")
    }
  }

  private static func decision(byManifestOf tool: ToolDefinition) -> Decision {
    switch tool.approval {
    case .always: .ask("its manifest asks for approval of every call")
    case .onDestructive where tool.effect != .pure: .ask("its manifest asks for approval because it changes something")
    case .onDestructive, .never: .allow
    }
  }
}
