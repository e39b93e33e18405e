import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@Suite("Guarded HTTPS", .timeLimit(.minutes(2)))
struct GuardedTLSTests {
  /// Runs `body` with a transport that trusts the test's certificate.
  private static func run(
    resolver: FixedResolver,
    _ body: (GuardedTransport, LoopbackServer, @escaping () -> [String?]) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      try write(TLSLoopback.certificate, to: "\(folder)/ca.pem")
      let configuration = HTTPTransportConfiguration(trustRoots: "\(folder)/ca.pem")
      try await TLSLoopback.run({ request in
        request.path == "/down"
          ? LoopbackReply(status: 302, headers: [("Location", "http://pinned.example/")])
          : .text(request.header("Host") ?? "")
      }) { server, names in
        try await GuardFixture.run(allowing: "127.0.0.1", resolver: resolver, configuration) { transport in
          try await body(transport, server, names)
        }
      }
    }
  }

  @Test("pinned to an address, SNI, certificate and Host keep the name")
  func name() async throws {
    try await Self.run(resolver: FixedResolver(["127.0.0.1"])) { transport, server, names in
      let reply = try await transport.send(GuardFixture.get("https://pinned.example:\(server.port)/"))
      #expect(reply.text == "pinned.example:\(server.port)")
      #expect(names() == ["pinned.example"])
    }
  }

  @Test("a certificate for another name is not trusted", arguments: ["other.example", "127.0.0.1"])
  func otherName(host: String) async throws {
    try await Self.run(resolver: FixedResolver(["127.0.0.1"])) { transport, server, _ in
      let error = try await GuardFixture.failure(transport, GuardFixture.get("https://\(host):\(server.port)/"))
      #expect(error?.code == .unavailable)
      #expect(error?.retry == .never)
      #expect(error?.reached == false)
    }
  }

  @Test("a redirect from https to http is refused")
  func downgrade() async throws {
    let resolver = FixedResolver(["127.0.0.1"])
    try await Self.run(resolver: resolver) { transport, server, _ in
      let error = try await GuardFixture.failure(
        transport, GuardFixture.get("https://pinned.example:\(server.port)/down"))
      #expect(error?.code == .denied)
      #expect(error?.reached == true)
      #expect(resolver.questions == ["pinned.example"])
    }
  }
}
