/// How a ``ProcessConversation`` ended.
package struct ConversationEnd: Sendable, Hashable {
  /// Nil when the status is lost.
  package let status: ProcessResult.Status?
  /// The end of what the child wrote to its standard error, as text.
  package let standardError: String

  package init(status: ProcessResult.Status?, standardError: String) {
    self.status = status
    self.standardError = standardError
  }
}
