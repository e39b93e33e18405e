/// How many tool calls of one reply are run. A reply that asks for more is cut, and the model is told.
package enum ToolCallLimit {
  package static let perReply = 1_024

  static func note(_ count: Int) -> String {
    "Note from the runtime: your reply asked for \(count) tool calls. Only the first \(perReply) were taken; ask for the others again if they "
      + "are needed."
  }
}
