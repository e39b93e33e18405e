import SandboxCore

/// A call, and what has been made instead of it because it failed.
struct FallbackChain: Sendable {
  struct Failure: Sendable, Hashable {
    let tool: ToolID
    let message: String
  }

  /// The call as the agent made it.
  let root: ToolCall
  /// The call that is made now.
  let call: ToolCall
  let failures: [Failure]
  /// Nil until the first has failed.
  let arguments: JSONValue?

  init(_ root: ToolCall) { self.init(root, root, [], nil) }

  private init(_ root: ToolCall, _ call: ToolCall, _ failures: [Failure], _ arguments: JSONValue?) {
    self.root = root
    self.call = call
    self.failures = failures
    self.arguments = arguments
  }

  /// Whether the present call is made instead of another.
  var isAlternative: Bool { !failures.isEmpty }

  /// The id of the call that would be made instead of the present one.
  var nextCallID: CallID { CallID("\(root.id).f\(failures.count + 1)") }

  func next(_ fallback: ToolFallback, after failure: Failure, _ arguments: JSONValue) -> FallbackChain {
    let call = ToolCall(
      id: fallback.callID, taskID: root.taskID, agentID: root.agentID, tool: fallback.toolID.rawValue,
      arguments: root.arguments, parentCallID: root.id)
    return FallbackChain(root, call, failures + [failure], self.arguments ?? arguments)
  }

  /// The line above an alternative's result that says whose result it is; empty for the call itself.
  func preface(by tool: ToolID) -> String {
    isAlternative ? "[answered by \(tool) because \(list(failures))]\n" : ""
  }

  /// What the model reads when the present call failed and nothing is made instead.
  func explanation(of message: String, by tool: ToolID) -> String {
    isAlternative ? "\(list(failures)); \(tool), called instead: \(message)" : message
  }

  private func list(_ failures: [Failure]) -> String {
    failures.map { "\($0.tool) failed: \($0.message.excerpt().trimmingSpaces)" }.joined(separator: "; ")
  }
}
