/// One HTTP exchange at a time, bounded in time and size. Two implementations: the real client, and a scripted one for
/// tests.
package protocol HTTPTransport: Sendable {
  /// Sends the request and collects the whole reply. A status that is not 2xx is a reply, not an error.
  ///
  /// - Throws: `.unavailable` when there was no reply: `reached` in ``HTTPFailure`` (the cause) says whether the server
  ///   may have acted on the request; `.timeout`; `.outputLimit` when the reply is larger than allowed; `.denied` when
  ///   the request may not be sent there; `.cancelled`.
  func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply
}
