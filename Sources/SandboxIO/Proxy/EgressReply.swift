internal import SandboxCore

/// The head of a host's reply.
struct EgressReply: Sendable {
  let status: Int
  private let head: EgressHead

  /// - Throws: 502 when it is not HTTP/1.
  init(_ bytes: [UInt8], from destination: EgressDestination) throws(EgressRefusal) {
    guard let head = try? EgressHead(bytes) else { throw Self.invalid(destination) }
    let parts = head.start.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
      let status = UInt16(parts[1]), status >= 100, status != 101
    else { throw Self.invalid(destination) }
    self.status = Int(status)
    self.head = head
  }

  static func invalid(_ destination: EgressDestination) -> EgressRefusal {
    .badGateway("\(destination) did not answer in HTTP/1.1")
  }

  /// An announcement; the reply itself is still to come.
  var isInterim: Bool { status < 200 }

  /// The head that is sent on.
  var forwarded: [UInt8] {
    Array("\(head.start)\r\n".utf8) + head.forwarded()
      + Array((isInterim ? "\r\n" : "Connection: close\r\n\r\n").utf8)
  }

  /// RFC 9112, section 6.3.
  func body(to method: String) -> EgressBody {
    if method == "HEAD" || status == 204 || status == 304 { return .none }
    if let coding = head.values("transfer-encoding").last {
      return coding.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).last == "chunked"
        ? .chunked : .untilEnd
    }
    let lengths = Set(head.values("content-length"))
    if lengths.count == 1, let length = lengths.first.flatMap(EgressBody.length) { return .length(length) }
    return .untilEnd
  }
}
