/// A reply whose body is still arriving.
package struct HTTPExchange: Sendable {
  package let status: Int
  package let headers: [HTTPHeader]
  /// Where the reply comes from, after all redirects; without fragment.
  package let url: String
  package let body: HTTPBody

  package init(status: Int, headers: [HTTPHeader], url: String, body: HTTPBody) {
    self.status = status
    self.headers = headers
    self.url = url
    self.body = body
  }

  /// The first value of a header, whose name is compared without regard to case.
  package func header(_ name: String) -> String? { headers.first(name) }

  /// Reads the rest of the body.
  package func collect() async throws(SandboxError) -> HTTPReply {
    var bytes: [UInt8] = []
    for try await chunk in body { bytes += chunk }
    return HTTPReply(status: status, headers: headers, body: bytes, url: url)
  }
}
