/// How a ``ProcessConversation`` ended.
package struct ConversationEnd: Sendable, Hashable {
  package let status: ProcessResult.Status
  /// Why it ended; `.exited` also when it did so because its input was closed.
  package let termination: ProcessResult.Termination
  /// The end of what the child wrote to its standard error, as text.
  package let standardError: String

  package init(
    status: ProcessResult.Status, termination: ProcessResult.Termination = .exited, standardError: String
  ) {
    self.status = status
    self.termination = termination
    self.standardError = standardError
  }
}
