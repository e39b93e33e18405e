package import SandboxCore

/// What a tool returned.
package struct ToolOutput: Sendable, Hashable {
  /// JSON text or plain text, not yet bounded.
  package let text: String
  /// The same as a value, when the executor made the text of one.
  package let json: JSONValue?
  /// How much there was before the executor itself cut it.
  package let totalBytes: Int
  /// All of it, to be kept when a model does not read it all; nil where that would be of no use.
  package let whole: WholeOutput?
  /// What the call did that watchers are told, as `terminal` or `file_change`.
  package let announcements: [Announcement]
  /// What held back the program that made it; nil when there was none.
  package let isolation: String?

  /// - Parameter whole: nil: the text is all there is.
  package init(
    text: String, totalBytes: Int? = nil, whole: WholeOutput? = nil, announcements: [Announcement] = [],
    isolation: String? = nil
  ) {
    self.init(text, totalBytes, nil, whole ?? WholeOutput(text), announcements, isolation)
  }

  package init(json: JSONValue, announcements: [Announcement] = [], isolation: String? = nil) {
    let text = json.text(.compact)
    self.init(text, nil, json, WholeOutput(text, isJSON: true), announcements, isolation)
  }

  /// The same, with what held the program back.
  func recorded(isolation: String?) -> ToolOutput {
    ToolOutput(text, totalBytes, json, whole, announcements, isolation)
  }

  /// The same, never to be kept: the tool has ways of its own to what a model does not read.
  var unkept: ToolOutput { ToolOutput(text, totalBytes, json, nil, announcements, isolation) }

  private init(
    _ text: String, _ totalBytes: Int?, _ json: JSONValue?, _ whole: WholeOutput?, _ announcements: [Announcement],
    _ isolation: String?
  ) {
    self.text = text
    self.totalBytes = totalBytes ?? text.utf8.count
    self.json = json
    self.whole = whole
    self.announcements = announcements
    self.isolation = isolation
  }
}
