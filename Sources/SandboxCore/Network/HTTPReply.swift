package struct HTTPReply: Sendable, Hashable {
  package let status: Int
  package let headers: [HTTPHeader]
  package let body: [UInt8]
  /// Where the reply came from, after all redirects; without fragment. Empty when the transport does not say.
  package let url: String

  package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = [], url: String = "") {
    self.status = status
    self.headers = headers
    self.body = body
    self.url = url
  }

  /// The first value of a header, whose name is compared without regard to case.
  package func header(_ name: String) -> String? { headers.first(name) }

  package var text: String { String(decoding: body, as: UTF8.self) }
}
