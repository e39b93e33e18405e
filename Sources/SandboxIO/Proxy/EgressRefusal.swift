/// Why a request got a reply of the proxy's own, and that reply.
struct EgressRefusal: Error, Sendable, Hashable {
  let status: Int
  private let reason: String
  /// One line, for whoever runs the tool.
  let message: String
  /// A reply to HEAD has none.
  var hasBody = true

  private init(_ status: Int, _ reason: String, _ message: String) {
    self.status = status
    self.reason = reason
    self.message = message
  }

  static func badRequest(_ problem: String) -> EgressRefusal { EgressRefusal(400, "Bad Request", problem) }

  static let unauthorized = EgressRefusal(
    407, "Proxy Authentication Required", "send the credentials of this call's proxy URL (HTTP_PROXY, HTTPS_PROXY)")
  static let headTooLarge = EgressRefusal(
    431, "Request Header Fields Too Large", "the head of the request is larger than this proxy accepts")
  static let badVersion = EgressRefusal(505, "HTTP Version Not Supported", "this proxy speaks HTTP/1.1")

  static func denied(_ destination: EgressDestination) -> EgressRefusal {
    let entry = [80, 443].contains(destination.port) ? destination.bracketed : destination.description
    return forbidden(destination, "is not allowed for this tool; \"\(entry)\" in \"network\" of its manifest allows it")
  }

  static func privateAddress(_ destination: EgressDestination) -> EgressRefusal {
    forbidden(
      destination,
      "has an address that tools may not reach (private, loopback or reserved); AGENT_PRIVATE_NETWORKS can allow it")
  }

  static func privateName(_ destination: EgressDestination) -> EgressRefusal {
    forbidden(destination, "is a name of a private network; AGENT_PRIVATE_NETWORKS can allow its address")
  }

  static func tooMany(_ limit: Int) -> EgressRefusal {
    EgressRefusal(503, "Service Unavailable", "this call has \(limit) connections open already; close some first")
  }

  static func badGateway(_ problem: String) -> EgressRefusal { EgressRefusal(502, "Bad Gateway", problem) }

  static func late(_ destination: EgressDestination) -> EgressRefusal {
    EgressRefusal(504, "Gateway Timeout", "\(destination) could not be connected to in time")
  }

  /// The reason is in the status line, too: of a refused CONNECT many clients show nothing else.
  private static func forbidden(_ destination: EgressDestination, _ problem: String) -> EgressRefusal {
    EgressRefusal(403, "Forbidden: \(destination) \(problem)", "\(destination) \(problem)")
  }

  var reply: [UInt8] {
    let body = "\(message)\n"
    var head = "HTTP/1.1 \(status) \(reason)\r\n"
    if status == 407 { head += "Proxy-Authenticate: Basic realm=\"tool call\"\r\n" }
    head += "Content-Type: text/plain; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
    return Array((hasBody ? head + body : head).utf8)
  }
}
