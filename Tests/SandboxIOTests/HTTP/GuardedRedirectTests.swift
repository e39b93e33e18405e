import SandboxCore
import SandboxIO
import SandboxTestKit
import Synchronization
import Testing

@Suite("Guarded HTTP: redirects", .timeLimit(.minutes(2)))
struct GuardedRedirectTests {
  private static func redirect(_ location: String, _ status: Int = 302) -> LoopbackReply {
    LoopbackReply(status: status, headers: [("Location", location)], body: Array("moved".utf8))
  }

  /// Runs a server on 127.0.0.1 whose `/` redirects as told, and a transport that knows it as `one.example` and
  /// `two.example`.
  private static func run(
    _ location: @escaping @Sendable (LoopbackRequest) -> LoopbackReply,
    _ body: (GuardedTransport, LoopbackServer, () -> [LoopbackRequest]) async throws -> Void
  ) async throws {
    let seen = Mutex<[LoopbackRequest]>([])
    try await LoopbackServer.run({ request in
      seen.withLock { $0.append(request) }
      return location(request)
    }) { server in
      try await GuardFixture.run(allowing: "127.0.0.1", resolver: FixedResolver(["127.0.0.1"])) { transport in
        try await body(transport, server) { seen.withLock { $0 } }
      }
    }
  }

  @Test(
    "to a destination that is not allowed: refused, and the server that said so was reached",
    arguments: [
      "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "//169.254.169.254/", "http://[::1]/",
      "http://10.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://u:p@one.example/",
      "http:127.0.0.1", "javascript:alert(1)", "http://①②⑦.⓪.⓪.①/", "http://[64:ff9b::a9fe:a9fe]/",
    ])
  func refused(location: String) async throws {
    try await Self.run({ _ in Self.redirect(location) }) { transport, server, seen in
      let error = try await GuardFixture.failure(transport, GuardFixture.get("http://one.example:\(server.port)/"))
      #expect(error?.code == .denied)
      #expect(error?.reached == true)
      #expect(error?.retry == .never)
      #expect(seen().count == 1)
    }
  }

  @Test("a loop ends after five")
  func loop() async throws {
    try await Self.run({ _ in Self.redirect("/again") }) { transport, server, seen in
      let error = try await GuardFixture.failure(transport, GuardFixture.get("http://one.example:\(server.port)/"))
      #expect(error?.code == .invalidResponse)
      #expect(error?.reached == true)
      #expect(seen().map(\.target) == ["/"] + Array(repeating: "/again", count: 5))
    }
  }

  @Test("five are followed, with every kind of reference")
  func references() async throws {
    let next = ["/": "a/b", "/a/b": "?q=1", "/a/b?q=1": "../c#f", "/c": "//two.example:PORT/d", "/d": "./e f"]
    let port = Mutex(0)
    try await Self.run({ request in
      guard let location = next[request.target] else { return .text("end") }
      return Self.redirect(location.replacing("PORT", with: String(port.withLock { $0 })))
    }) { transport, server, seen in
      port.withLock { $0 = server.port }
      let reply = try await transport.send(GuardFixture.get("http://one.example:\(server.port)"))
      #expect(reply.text == "end")
      #expect(reply.url == "http://two.example:\(server.port)/e%20f")
      #expect(seen().map(\.target) == ["/", "/a/b", "/a/b?q=1", "/c", "/d", "/e%20f"])
    }
  }

  @Test("each hop is looked up anew")
  func rebinding() async throws {
    let port = Mutex(0)
    let resolver = FixedResolver(["127.0.0.1"], ["10.0.0.1"])
    try await LoopbackServer.run({ _ in Self.redirect("/next") }) { server in
      port.withLock { $0 = server.port }
      try await GuardFixture.run(allowing: "127.0.0.1", resolver: resolver) { transport in
        let error = try await GuardFixture.failure(transport, GuardFixture.get("http://one.example:\(server.port)/"))
        #expect(error?.code == .denied)
        #expect(error?.reached == true)
      }
      #expect(server.connectionCount == 1)
    }
    #expect(resolver.questions == ["one.example", "one.example"])
  }

  private static let credentials = [
    HTTPHeader("Authorization", "Bearer s"), HTTPHeader("cookie", "c=s"), HTTPHeader("X-Weather-Key", "s"),
    HTTPHeader("X-API-Key", "s"), HTTPHeader("Accept", "text/plain"),
  ]

  @Test("credentials stay with scheme, host and port", arguments: [true, false])
  func credentials(isSameOrigin: Bool) async throws {
    let port = Mutex(0)
    try await Self.run({ request in
      guard request.path == "/" else { return .text("end") }
      return Self.redirect("http://\(isSameOrigin ? "one" : "two").example:\(port.withLock { $0 })/end")
    }) { transport, server, seen in
      port.withLock { $0 = server.port }
      var request = GuardFixture.get("http://one.example:\(server.port)/", headers: Self.credentials)
      request.sensitiveHeaders = ["x-weather-KEY"]
      _ = try await transport.send(request)
      let last = try #require(seen().last)
      #expect(last.path == "/end")
      #expect(last.header("Accept") == "text/plain")
      for name in ["Authorization", "Cookie", "X-Weather-Key", "X-API-Key"] {
        #expect((last.header(name) != nil) == isSameOrigin, "\(name)")
      }
    }
  }

  @Test("credentials that were dropped do not come back")
  func thereAndBack() async throws {
    let port = Mutex(0)
    try await Self.run({ request in
      let port = port.withLock { $0 }
      switch request.path {
      case "/": return Self.redirect("http://two.example:\(port)/there")
      case "/there": return Self.redirect("http://one.example:\(port)/back")
      default: return .text("end")
      }
    }) { transport, server, seen in
      port.withLock { $0 = server.port }
      _ = try await transport.send(
        GuardFixture.get("http://one.example:\(server.port)/", headers: Self.credentials))
      #expect(seen().map { $0.header("Authorization") } == ["Bearer s", nil, nil])
    }
  }

  @Test(
    "what becomes of method and body",
    arguments: [
      (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (307, "POST", "POST"), (308, "POST", "POST"),
      (301, "PUT", "PUT"), (302, "DELETE", "DELETE"), (303, "PUT", "GET"), (303, "HEAD", "HEAD"), (302, "HEAD", "HEAD"),
      (307, "GET", "GET"),
    ])
  func methods(status: Int, method: String, expected: String) async throws {
    try await Self.run({ $0.path == "/" ? Self.redirect("/end", status) : LoopbackReply(status: 204) }) {
      transport, server, seen in
      let body = method == "GET" || method == "HEAD" ? [] : Array("{}".utf8)
      _ = try? await transport.send(
        HTTPRequest(
          method: method, url: "http://one.example:\(server.port)/",
          headers: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("X-Kept", "1")], body: body,
          timeout: .seconds(30), redirects: .follow))
      let last = try #require(seen().last)
      #expect(last.path == "/end")
      #expect(last.method == expected)
      #expect(last.header("X-Kept") == "1")
      let isKept = expected == method
      #expect(last.body == (isKept ? body : []))
      #expect((last.header("Content-Type") != nil) == isKept)
    }
  }

  @Test("without following, a redirect is a reply, wherever it leads")
  func none() async throws {
    try await Self.run({ _ in Self.redirect("http://169.254.169.254/") }) { transport, server, seen in
      let reply = try await transport.send(GuardFixture.get("http://one.example:\(server.port)/x", .none))
      #expect(reply.status == 302)
      #expect(reply.text == "moved")
      #expect(reply.url == "http://one.example:\(server.port)/x")
      #expect(seen().count == 1)
    }
  }

  @Test("to the same host only")
  func sameHost() async throws {
    let port = Mutex(0)
    try await Self.run({ request in
      let port = port.withLock { $0 }
      return switch request.path {
      case "/same": Self.redirect("http://ONE.example.:\(port)/end")
      case "/other": Self.redirect("http://two.example:\(port)/end")
      default: .text("end")
      }
    }) { transport, server, seen in
      port.withLock { $0 = server.port }
      let reply = try await transport.send(GuardFixture.get("http://one.example:\(server.port)/same", .sameHost))
      #expect(reply.text == "end")
      let error = try await GuardFixture.failure(
        transport, GuardFixture.get("http://one.example:\(server.port)/other", .sameHost))
      #expect(error?.code == .denied)
      #expect(seen().count == 3)
    }
  }

  @Test("a 3xx that points nowhere is a reply", arguments: [300, 302, 304])
  func nowhere(status: Int) async throws {
    try await Self.run({ _ in LoopbackReply(status: status) }) { transport, server, _ in
      let reply = try await transport.send(GuardFixture.get("http://one.example:\(server.port)/"))
      #expect(reply.status == status)
    }
  }
}
