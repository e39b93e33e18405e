import SandboxCore

/// `write_blackboard`: leaves a value for the other agents.
struct WriteBlackboardTool: BuiltinTool {
  static let name = "write_blackboard"
  /// What the runtime itself keeps there; an agent must not be able to pass off its own as that.
  private static let reserved: Set<BlackboardKey> = [
    BlackboardKey("session", "final_result"), BlackboardKey("session", "paused_at"),
    BlackboardKey("session", "synthesis"),
  ]

  private let blackboard: Blackboard
  private let time: TimeSource

  init(_ context: BuiltinContext) {
    blackboard = context.blackboard
    time = context.time
  }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let namespace = try arguments.string("namespace")
    let key = try arguments.string("key")
    guard let value = invocation.arguments["value"] else {
      throw SandboxError(.invalidArgument, "the argument value is missing: give any JSON value")
    }
    guard !Self.reserved.contains(BlackboardKey(namespace, key)) else {
      throw SandboxError(
        .denied,
        "\(namespace)/\(key) is written by the session itself; choose another key, or give the result as your answer")
    }
    let entry = try await blackboard.write(
      namespace, key, value, by: invocation.agentID,
      expectedVersion: try arguments.optionalInt("expectedVersion", in: 0...Int.max), at: time.wallMilliseconds())
    return ToolOutput(json: [
      "namespace": .string(entry.namespace), "key": .string(entry.key), "version": .int(Int64(entry.version)),
    ])
  }
}
