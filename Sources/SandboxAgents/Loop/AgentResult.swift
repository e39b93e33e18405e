package import SandboxCore

/// How one agent's work on one task ended.
package struct AgentResult: Sendable, Hashable {
  package let status: Status
  /// The answer; when there is none, what is known.
  package let text: String

  package enum Status: Sendable, Hashable {
    case completed
    /// The model gave no answer.
    case failed(String)
    /// A bound of the loop was reached: which, and a sentence about it.
    case stopped(LimitKind, String)
  }

  package init(_ status: Status, text: String) {
    self.status = status
    self.text = text
  }
}
