package import SandboxCore

/// Carries the messages of one connection to an MCP server: a process's standard streams, or Streamable HTTP.
///
/// A transport knows nothing of tools. What belongs to its way of travelling is its own business: framing, HTTP headers,
/// the session id of legacy HTTP, resumption, shutting down.
package protocol MCPTransport: Sendable {
  /// Starts it. Called once, before anything else.
  ///
  /// - Parameter inbound: gets every message that is no response to an exchange which is waiting: notifications, requests
  ///   of the server, and responses that are late, doubled or unknown. It returns at once and may be called from any
  ///   thread. A batch (an array, legal in 2025-03-26) is taken apart first.
  /// - Throws: what a process that cannot be started throws; nothing is left then.
  func start(_ inbound: @escaping @Sendable (JSONValue) -> Void) async throws(SandboxError)

  /// Sends a request and gives the response with its id, as it came: an object with `result` or `error`. An HTTP reply
  /// that is no success but whose body is a JSON-RPC response is such a response, too.
  ///
  /// Cancelling gives up waiting soon and throws `.cancelled`; a response that comes later is no exchange's any more.
  ///
  /// - Throws: `.unavailable` when there was no response, with a ``ToolFailure`` or ``HTTPFailure`` as cause that says
  ///   whether the request certainly had no effect; `.timeout`; `.outputLimit` for a message that is too large;
  ///   `.unauthorized`; `.invalidResponse` for what breaks the protocol; `.rejected` or `.notFound` for an HTTP status
  ///   that refuses the request as such (400, 404, 405, 406, 415), as a server of another era does.
  func exchange(_ request: MCPRequest) async throws(SandboxError) -> JSONValue

  /// Sends a notification, or our response to a request of the server, and does not wait for anything to come of it.
  ///
  /// - Parameter version: as ``MCPRequest/version``.
  func send(_ message: JSONValue, version: MCPVersion?) async throws(SandboxError)

  /// False once nothing more can come of this connection, because the process has ended or the server has forgotten the
  /// session: another transport must be started then.
  var isUsable: Bool { get }

  /// What holds back the program at the other end, for the record of calls; nil when there is none here.
  var isolation: String? { get }

  /// Whether giving up an exchange of this revision tells the server by itself that nobody waits any more, as closing
  /// the response's stream does in modern HTTP. Otherwise `notifications/cancelled` is sent.
  func announcesCancellation(_ version: MCPVersion?) -> Bool

  /// Ends the connection and what was started for it, in at most 4.5 s even when the task is cancelled. Exchanges that
  /// wait fail with `.unavailable`. May be called more than once, also when ``start(_:)`` has thrown.
  func close() async
}

extension MCPTransport {
  package var isolation: String? { nil }
}
