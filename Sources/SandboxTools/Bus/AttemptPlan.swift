import SandboxCore

/// The attempts at a call that may be made, and are paid for.
struct AttemptPlan: Sendable {
  let attempts: ClosedRange<Int>
  /// Whether each may be two.
  let isHedged: Bool
  /// How often it has to be paid already, for what earlier runs of the session did.
  var charged = 0
}

/// What became of attempts.
struct Attempt: Sendable {
  var outcome: Result<ToolOutput, SandboxError>
  /// How often the tool has to be paid.
  var charged: Int

  /// One attempt: what certainly had no effect costs nothing.
  init(_ outcome: Result<ToolOutput, SandboxError>) {
    self.outcome = outcome
    charged =
      switch outcome {
      case .success: 1
      case .failure(let error): error.isBeforeEffect ? 0 : 1
      }
  }

  init(_ outcome: Result<ToolOutput, SandboxError>, charged: Int) {
    self.outcome = outcome
    self.charged = charged
  }
}
