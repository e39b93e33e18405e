/// What an ``EgressProxy`` takes from one grant and from one connection.
package struct EgressLimits: Sendable, Hashable {
  /// Connections of one grant at the same time; more are answered with 503.
  package var connections: Int
  /// Connections, of all callers together, that have not shown yet which grant they are for; more are closed.
  package var strangers: Int
  /// Bytes of the head of a request, and of a reply.
  package var headBytes: Int
  /// From accepting a connection to the end of its request's head.
  package var headTimeout: Duration
  /// For looking up a host and connecting to it, over all of its addresses.
  package var connectTimeout: Duration
  /// A connection over which nothing has moved for so long, in either direction, is closed.
  package var idleTimeout: Duration
  /// After a reply: how long the other side has to take it and close.
  package var linger: Duration
  /// Different hosts of which a grant keeps the names.
  package var hosts: Int
  /// Refused destinations that a grant keeps, the latest.
  package var refusals: Int

  package init(
    connections: Int = 64, strangers: Int = 256, headBytes: Int = 32 << 10, headTimeout: Duration = .seconds(10),
    connectTimeout: Duration = .seconds(10), idleTimeout: Duration = .seconds(300), linger: Duration = .seconds(2),
    hosts: Int = 32, refusals: Int = 8
  ) {
    self.connections = connections
    self.strangers = strangers
    self.headBytes = headBytes
    self.headTimeout = headTimeout
    self.connectTimeout = connectTimeout
    self.idleTimeout = idleTimeout
    self.linger = linger
    self.hosts = hosts
    self.refusals = refusals
  }
}
