/// HTTP whose replies can be read while they arrive.
package protocol HTTPStreamTransport: HTTPTransport {
  /// Sends the request and lends `body` the reply as soon as its head is there. When `body` returns or throws, the
  /// exchange is over; a reply that was not read to its end costs its connection.
  ///
  /// Time and size limits hold until `body` has ended; what `body` itself takes counts for the timeout, not for the idle
  /// timeout. When a limit is passed or the caller is cancelled, `body` is cancelled and awaited.
  ///
  /// - Throws: what ``HTTPTransport/send(_:)`` throws, and what `body` throws.
  func withReply<Value: Sendable>(
    to request: HTTPRequest, _ body: @escaping @Sendable (HTTPExchange) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value
}

extension HTTPStreamTransport {
  package func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply {
    try await withReply(to: request) { (exchange) throws(SandboxError) in try await exchange.collect() }
  }
}
