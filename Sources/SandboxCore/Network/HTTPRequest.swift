package struct HTTPRequest: Sendable, Hashable {
  package var method: String
  package var url: String
  package var headers: [HTTPHeader]
  package var body: [UInt8]
  /// From the first byte sent to the last byte received, redirects and the look-up of addresses included.
  package var timeout: Duration
  /// How long the server may keep silent, before and within its reply. Nil: as long as ``timeout`` lasts.
  package var idleTimeout: Duration?
  /// Of the body, after decompression.
  package var maximumReplyBytes: Int
  package var redirects: HTTPRedirects
  /// Names of headers that are credentials, in any case. Like `Authorization` and `Cookie`, they do not follow a redirect
  /// to another scheme, host or port.
  package var sensitiveHeaders: Set<String>

  package init(
    method: String = "POST", url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
    timeout: Duration = .seconds(60), idleTimeout: Duration? = nil, maximumReplyBytes: Int = 16 << 20,
    redirects: HTTPRedirects = .none, sensitiveHeaders: Set<String> = []
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.idleTimeout = idleTimeout
    self.maximumReplyBytes = maximumReplyBytes
    self.redirects = redirects
    self.sensitiveHeaders = sensitiveHeaders
  }
}
