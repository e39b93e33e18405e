/// How far a running call is, as its tool reports it.
package struct ToolProgress: Sendable, Hashable {
  package let message: String
  /// In units of the tool's own; grows.
  package let progress: Double?
  package let total: Double?

  package init(message: String = "", progress: Double? = nil, total: Double? = nil) {
    self.message = message
    self.progress = progress
    self.total = total
  }
}
