import SandboxCore
import SandboxSchema

/// A call that is to be decided on.
struct PolicyCall {
  let tool: ToolDefinition
  private let arguments: JSONValue
  /// Steps that are left for the patterns of all rules.
  private var work: Int
  private(set) lazy var hosts = PolicyHosts(of: tool, arguments)

  init(tool: ToolDefinition, arguments: JSONValue, work: Int) {
    self.tool = tool
    self.arguments = arguments
    self.work = work
  }

  /// A pattern that takes too long holds unless it is for a permission.
  mutating func holds(_ argument: PolicyMatch.Argument, isPermission: Bool) -> Bool {
    guard let value = argument.pointer.value(in: arguments) else { return false }
    return argument.pattern.isFound(in: value.stringValue ?? value.text(), work: &work) ?? !isPermission
  }
}
