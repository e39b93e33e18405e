/// What came from a server and led to nothing.
package struct MCPCounts: Sendable, Hashable {
  /// Responses that nobody waited for: late, doubled, or with an id that was never used; and what is no message at all.
  package var ignoredMessages = 0
  /// `notifications/message`: the server's log, which is not kept.
  package var logMessages = 0
  /// Progress that came too fast, backwards, or for no call.
  package var droppedProgress = 0
}
