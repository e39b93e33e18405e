import Testing

/// The moments of a session's life at which a signal, or an end by force, may come.
enum SessionMoment: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// The configuration comes from a pipe that nobody writes to.
  case reading = "reading its configuration"
  /// An MCP server has been started and does not answer yet.
  case starting = "starting MCP servers"
  case model = "in a model call"
  case tool = "in a tool"
  /// A sub-agent's tool, while the meta-agent waits for the sub-agent.
  case delegated = "in a delegated task"
  /// The endpoint does not answer.
  case sync = "delivering results"
  /// All is written down; the end of the process waits for a reader that does not read.
  case ended = "after the end"

  var testDescription: String { rawValue }

  /// Whether there is a session already whose folder tells of it.
  var hasSession: Bool { self != .reading }
}
