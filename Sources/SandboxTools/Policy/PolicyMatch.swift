import SandboxCore
import SandboxSchema

/// The calls that a rule is about: those for which all that is set here holds.
struct PolicyMatch: Sendable {
  struct Argument: Sendable {
    let pointer: JSONPointer
    let pattern: Pattern
  }

  var tools: [NamePattern]?
  var categories: Set<String>?
  var effects: Set<ToolEffect>?
  var approvals: Set<ToolApproval>?
  var hosts: [NamePattern]?
  var arguments: [Argument] = []
  var costAbove: Money?

  /// - Parameter isPermission: for a rule that allows. It needs certainty; for the others, doubt is enough.
  func holds(for call: inout PolicyCall, isPermission: Bool) -> Bool {
    let tool = call.tool
    if let costAbove, tool.costPerRequest <= costAbove { return false }
    if let effects, !effects.contains(tool.effect) { return false }
    if let approvals, !approvals.contains(tool.approval) { return false }
    if let categories, !categories.contains(tool.category) { return false }
    if let tools, !Self.isNamed(tool, by: tools, isPermission: isPermission) { return false }
    if let hosts, !Self.isBound(for: hosts, call.hosts, isPermission: isPermission) { return false }
    return arguments.allSatisfy { call.holds($0, isPermission: isPermission) }
  }

  /// What the model may do instead.
  var advice: String {
    if !arguments.isEmpty { return "Use other arguments or another tool, or go on without it." }
    if hosts != nil { return "Use another host or another tool, or go on without it." }
    return "Use another tool, or go on without it."
  }

  /// A permission is for the exact id, since a tool may have any name. Otherwise, the name counts too, case does not,
  /// and a name that is not in ASCII may look like any other.
  private static func isNamed(_ tool: ToolDefinition, by patterns: [NamePattern], isPermission: Bool) -> Bool {
    if isPermission { return patterns.contains { $0.matches(tool.id.rawValue) } }
    return !isPlain(tool.name) || !isPlain(tool.id.rawValue)
      || patterns.contains { $0.matches(tool.id.rawValue, ignoringCase: true) }
      || patterns.contains { $0.matches(tool.name, ignoringCase: true) }
  }

  private static func isPlain(_ name: String) -> Bool { name.utf8.allSatisfy { (0x20...0x7e).contains($0) } }

  /// A permission is for calls that go to such hosts only.
  private static func isBound(for patterns: [NamePattern], _ hosts: PolicyHosts, isPermission: Bool) -> Bool {
    let matches = { (host: String) in patterns.contains { $0.matches(host) } }
    return isPermission
      ? !hosts.hasUnreadable && !hosts.names.isEmpty && hosts.names.allSatisfy(matches)
      : hosts.hasUnreadable || hosts.names.contains(where: matches)
  }
}
