import SandboxCore

/// A call that has its durable record.
struct EndedCall: Sendable {
  let result: ToolCallResult
  /// What is made instead, and why; nil when the result is the answer.
  let next: FallbackChain?
}
