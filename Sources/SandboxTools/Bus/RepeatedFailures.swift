import SandboxCore

/// Remembers which calls failed in the same way again and again, so that the next one is not made.
struct RepeatedFailures: Sendable {
  static let limit = 5

  struct Key: Hashable, Sendable {
    private let tool: ToolID
    private let arguments: JSONValue

    init(_ tool: ToolID, _ arguments: JSONValue) {
      self.tool = tool
      self.arguments = arguments.numericForm
    }
  }

  private var failures: [Key: (error: ErrorRecord, count: Int)] = [:]

  init() {}

  /// What the executions of a session say, for one that is resumed.
  init(_ state: SessionState) {
    for id in state.executionOrder {
      guard let execution = state.executions[id], execution.attempts > 0 else { continue }
      note(Key(execution.toolID, execution.arguments), execution.status, execution.error)
    }
  }

  /// The error that the call has met each time, when it has met it as often as is allowed.
  func exhausted(_ key: Key) -> ErrorRecord? {
    failures[key].flatMap { $0.count >= Self.limit ? $0.error : nil }
  }

  mutating func note(_ key: Key, _ status: ExecutionStatus, _ error: ErrorRecord?) {
    switch (status, error) {
    case (.completed, _): failures[key] = nil
    case (.failed, .some(let error)):
      let before = failures[key].flatMap { $0.error == error ? $0.count : nil } ?? 0
      failures[key] = (error, before + 1)
    default: break
    }
  }
}
