/// The bounds of a ``ProcessConversation``.
package struct ConversationLimits: Sendable, Hashable {
  /// Bytes of one line that the child writes.
  package var lineBytes: Int
  /// Bytes that wait for a child which does not read.
  package var queuedBytes: Int
  /// Bytes kept from the end of the child's standard error.
  package var errorTailBytes: Int
  /// How long the child has to end by itself once its input is closed, before SIGTERM.
  package var closeGrace: Duration
  /// How long its group has between SIGTERM and SIGKILL.
  package var terminationGrace: Duration

  package static let `default` = ConversationLimits()

  package init(
    lineBytes: Int = 4 << 20, queuedBytes: Int = 8 << 20, errorTailBytes: Int = 8 << 10,
    closeGrace: Duration = .seconds(2), terminationGrace: Duration = .seconds(2)
  ) {
    self.lineBytes = lineBytes
    self.queuedBytes = queuedBytes
    self.errorTailBytes = errorTailBytes
    self.closeGrace = closeGrace
    self.terminationGrace = terminationGrace
  }
}
