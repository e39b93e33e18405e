/// What is known about an exchange that brought no reply.
package struct HTTPFailure: Error, Sendable, Hashable {
  /// Whether the request may have reached the server: false only when that is certain (refused, not resolved).
  package let reached: Bool

  package init(reached: Bool) { self.reached = reached }
}

extension HTTPFailure: CustomStringConvertible {
  package var description: String {
    reached ? "the server may have acted on the request" : "the request did not reach the server"
  }
}
