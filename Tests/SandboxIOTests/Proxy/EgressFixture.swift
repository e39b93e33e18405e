import NIOCore
import SandboxCore
import SandboxIO

/// What the tests of the proxy share.
enum EgressFixture {
  /// Runs `body` with a proxy that may go to loopback addresses, where `resolver` finds all names, and a grant for
  /// `hosts`.
  static func run<Value>(
    _ hosts: [String], allowing networks: String = "127.0.0.0/8",
    resolver: any AddressResolver = FixedResolver(["127.0.0.1"]), limits: EgressLimits = EgressLimits(),
    _ body: (EgressProxy, EgressGrant) async throws -> Value
  ) async throws -> Value {
    try await EgressProxy.withProxy(policy: try AddressPolicy(parsing: networks), resolver: resolver, limits: limits) {
      try await body($0, try await $0.register(hosts: hosts))
    }
  }

  /// Sends one request and gives the whole reply. `%` in it stands for the line with the grant's credentials.
  static func reply(_ grant: EgressGrant, _ request: String) async throws -> String {
    try await TCPPeer.connect(grant.port) { peer in
      try await peer.send(request.replacing("%", with: grant.header))
      return try await peer.rest()
    }
  }

  /// Opens a tunnel and runs `body` in it.
  static func tunnel<Value: Sendable>(
    _ grant: EgressGrant, to authority: String, _ body: (inout TCPPeer) async throws -> Value
  ) async throws -> Value {
    try await TCPPeer.connect(grant.port) { peer in
      try await peer.send("CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\(grant.header)\r\n")
      let head = try await peer.head()
      guard head.hasPrefix("HTTP/1.1 200 ") else { throw Refused(reply: head) }
      return try await body(&peer)
    }
  }

  struct Refused: Error {
    let reply: String
  }
}

extension EgressGrant {
  var port: Int { url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

  private var userInformation: String { String(url.dropFirst("http://".count).prefix { $0 != "@" }) }

  /// A line of a head.
  var header: String { "Proxy-Authorization: Basic \(Base64.encode(Array(userInformation.utf8)))\r\n" }
}
