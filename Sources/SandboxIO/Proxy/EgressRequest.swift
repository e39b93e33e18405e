internal import SandboxCore

/// A request to the proxy.
struct EgressRequest: Sendable {
  let method: String
  let head: EgressHead
  private let target: String
  private let version: Substring

  var isTunnel: Bool { method == "CONNECT" }

  /// - Throws: 400 or 505.
  init(_ head: EgressHead) throws(EgressRefusal) {
    let parts = head.start.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, HTTPHeader.isToken(String(parts[0])), parts[2].hasPrefix("HTTP/") else {
      throw .badRequest("this is a proxy for HTTP/1.1, and got something else")
    }
    guard parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else { throw .badVersion }
    method = String(parts[0])
    target = String(parts[1])
    version = parts[2]
    self.head = head
  }

  var speaksOldVersion: Bool { version == "HTTP/1.0" }

  /// What the client knows of a grant; nil when it says nothing, or contradicts itself.
  var credentials: String? {
    let values = head.values("proxy-authorization")
    guard values.count == 1, let parts = values.first?.split(separator: " "), parts.count == 2,
      parts[0].lowercased() == "basic"
    else { return nil }
    return String(parts[1])
  }

  /// - Throws: 400 when the target is not one for a proxy.
  func destination() throws(EgressRefusal) -> EgressDestination {
    isTunnel ? try EgressDestination(authority: target) : EgressDestination(try url())
  }

  /// The head that is sent on: to the host that was judged, whatever `Host` said, and for one exchange.
  func forwarded(to destination: EgressDestination) throws(EgressRefusal) -> [UInt8] {
    let start = "\(method) \(try url().target) \(version)\r\nHost: \(destination.authority)\r\n"
    return Array(start.utf8) + head.forwarded(without: ["host"]) + Array("Connection: close\r\n\r\n".utf8)
  }

  /// - Throws: 400 when it cannot be said for sure where the body ends.
  func body() throws(EgressRefusal) -> EgressBody {
    let codings = head.values("transfer-encoding")
    let lengths = head.values("content-length")
    switch (codings.count, lengths.count) {
    case (0, 0): return .none
    case (1, 0) where codings[0].lowercased() == "chunked" && !speaksOldVersion: return .chunked
    case (0, 1): if let length = EgressBody.length(lengths[0]) { return .length(length) }
    default: break
    }
    throw .badRequest("the length of the body is not clear")
  }

  private func url() throws(EgressRefusal) -> HTTPURL {
    do throws(SandboxError) {
      let url = try HTTPURL(target)
      if !url.isSecure { return url }
    } catch {
      throw .badRequest("the target must be a URL, as http://host/path: \(error.message)")
    }
    throw .badRequest("https goes through CONNECT")
  }
}
