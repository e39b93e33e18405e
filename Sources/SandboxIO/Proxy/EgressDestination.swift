internal import SandboxCore

/// Where a request wants to go, in the one spelling that is judged, looked up and connected to.
struct EgressDestination: Sendable, Hashable {
  /// In lower case, without brackets and final dot; an address, however it was written, in its usual spelling.
  let host: String
  let port: Int
  /// Set when the host is an address and no name.
  let address: IPAddress?

  init(_ url: HTTPURL) {
    address = AddressLookup.numeric(url.host)
    host = address?.description ?? url.host
    port = url.port
  }

  /// - Parameter authority: the target of `CONNECT`.
  /// - Throws: 400 when it is not host and port.
  init(authority: String) throws(EgressRefusal) {
    guard !authority.contains(where: { "/?#\\".contains($0) }), HostAndPort.split(authority)?.port != nil,
      let url = try? HTTPURL("http://\(authority)")
    else { throw .badRequest("the target of CONNECT must be host:port") }
    self.init(url)
  }

  /// For a `Host` header.
  var authority: String { port == 80 ? bracketed : description }

  /// As a rule names it.
  var bracketed: String { host.contains(":") ? "[\(host)]" : host }
}

extension EgressDestination: CustomStringConvertible {
  var description: String { "\(bracketed):\(port)" }
}
