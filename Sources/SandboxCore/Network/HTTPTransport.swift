/// One HTTP exchange at a time, bounded in time and size. Two implementations: the real client, and a scripted one for
/// tests.
package protocol HTTPTransport: Sendable {
  /// Sends the request and collects the whole reply. A status that is not 2xx is a reply, not an error.
  ///
  /// - Throws: `.unavailable` when there was no reply: `reached` in ``HTTPFailure`` (the cause) says whether the server
  ///   may have acted on the request; `.timeout`; `.outputLimit` when the reply is larger than allowed; `.cancelled`.
  func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply
}

package struct HTTPRequest: Sendable, Hashable {
  package var method: String
  package var url: String
  package var headers: [HTTPHeader]
  package var body: [UInt8]
  /// From the first byte sent to the last byte received.
  package var timeout: Duration
  package var maximumReplyBytes: Int

  package init(
    method: String = "POST", url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
    timeout: Duration = .seconds(60), maximumReplyBytes: Int = 16 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.maximumReplyBytes = maximumReplyBytes
  }
}

package struct HTTPHeader: Sendable, Hashable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

package struct HTTPReply: Sendable, Hashable {
  package let status: Int
  package let headers: [HTTPHeader]
  package let body: [UInt8]

  package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of a header, whose name is compared without regard to case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.utf8.elementsEqual(name.utf8) || $0.name.lowercased() == name.lowercased() }?.value
  }

  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// What is known about an exchange that brought no reply.
package struct HTTPFailure: Error, Sendable, Hashable {
  /// Whether the request may have reached the server: false only when that is certain (refused, not resolved).
  package let reached: Bool

  package init(reached: Bool) { self.reached = reached }
}
