/// One event of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Hashable {
  /// `message` unless the stream says otherwise.
  package let name: String
  package let data: String
  /// The last id that the stream has given, in this event or before.
  package let id: String?

  package init(name: String = "message", data: String, id: String? = nil) {
    self.name = name
    self.data = data
    self.id = id
  }
}
