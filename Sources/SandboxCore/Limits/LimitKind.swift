/// The limits a session can run into, by the name under which a user reads them.
package enum LimitKind: String, Sendable, Codable, Hashable {
  case duration
  case cost
  case tokens
  case iterations
  /// An agent makes no progress: the same calls again and again.
  case loop
  /// Depth, number or width of the delegation tree.
  case delegation
}
