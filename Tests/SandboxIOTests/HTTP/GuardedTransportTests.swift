import SandboxCore
import SandboxIO
import SandboxTestKit
import Synchronization
import Testing

@Suite("Guarded HTTP", .timeLimit(.minutes(2)))
struct GuardedTransportTests {
  /// Loopback, metadata services and private networks in the ways in which they are smuggled past checks of text.
  private static let spellings = [
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1", "0X7F.0.0.1",
    "0177.0.0.1", "017700000001", "127.255.255.254", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "10.0.0.1", "localhost", "LOCALHOST", "localhost.",
    "a.localhost", "localhost.localdomain", "metadata.google.internal", "METADATA.google.internal.", "metadata",
    "x.local",
    "kubernetes.default.svc.cluster.local", "router.home.arpa", "intranet",
  ]
  /// Not even URLs.
  private static let nonsense = [
    "①②⑦.⓪.⓪.①", "127。0。0。1", "[fe80::1%25lo]", "[::1%lo]", "%31%32%37.0.0.1", "127.0.0.1\\@example.com",
    "example.com@127.0.0.1", "127.0.0.1 .example.com", "127.0.0.1%00.example.com",
  ]

  @Test("no spelling of a private destination is connected to or looked up")
  func spellings() async throws {
    try await LoopbackServer.run({ _ in .text("trapped") }) { server in
      let resolver = FixedResolver(["127.0.0.1"])
      try await GuardFixture.run(resolver: resolver) { transport in
        for host in Self.spellings + Self.nonsense {
          let error = try await GuardFixture.failure(
            transport, GuardFixture.get("http://\(host):\(server.port)/secret?key=1"))
          let isNonsense = Self.nonsense.contains(host)
          #expect(error?.code == (isNonsense ? .invalidArgument : .denied), "\(host)")
          #expect(error?.retry == .never, "\(host)")
          #expect(isNonsense || error?.reached == false, "\(host)")
          #expect(error?.message.contains("secret") == false, "\(host)")
        }
      }
      #expect(resolver.questions == [])
      #expect(server.connectionCount == 0)
    }
  }

  @Test("nor with the resolver of the system")
  func systemResolver() async throws {
    try await LoopbackServer.run({ _ in .text("trapped") }) { server in
      try await GuardFixture.run(resolver: SystemResolver()) { transport in
        for host in Self.spellings + Self.nonsense {
          let error = try await GuardFixture.failure(transport, GuardFixture.get("http://\(host):\(server.port)/"))
          #expect(error?.code == (Self.nonsense.contains(host) ? .invalidArgument : .denied), "\(host)")
        }
      }
      #expect(server.connectionCount == 0)
    }
  }

  @Test(
    "what ends in a number and is no address is not looked up",
    arguments: ["1.2.3.4.5", "08.8.8.8", "4294967296", "a.0x", "a.1"])
  func almostNumeric(host: String) async throws {
    let resolver = FixedResolver(["8.8.8.8"])
    try await GuardFixture.run(allowing: "127.0.0.0/8", resolver: resolver) { transport in
      let code = try await GuardFixture.failure(transport, GuardFixture.get("http://\(host)/"))?.code
      #expect(code == .denied)
    }
    #expect(resolver.questions == [])
  }

  @Test(
    "one denied address in an answer refuses all of it",
    arguments: [
      ["127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "::ffff:127.0.0.1"],
      ["64:ff9b::7f00:1"], ["2002:7f00:1::1"], ["::1"], ["127.0.0.2", "fe80::1"], ["127.0.0.2", "198.18.0.9"],
      ["0.0.0.0"], ["169.254.169.254"],
    ])
  func answers(addresses: [String]) async throws {
    try await LoopbackServer.run({ _ in .text("trapped") }) { server in
      let resolver = FixedResolver(addresses)
      // 127.0.0.2 plays the part of a public address.
      try await GuardFixture.run(allowing: "127.0.0.2", resolver: resolver) { transport in
        let error = try await GuardFixture.failure(
          transport, GuardFixture.get("http://rebind.example:\(server.port)/"))
        #expect(error?.code == .denied)
        #expect(error?.reached == false)
        #expect(error?.retry == .never)
      }
      #expect(resolver.questions == ["rebind.example"])
      #expect(server.connectionCount == 0)
    }
  }

  @Test("rebinding: one look-up, and the connection goes to its answer")
  func rebinding() async throws {
    let hosts = Mutex<[String?]>([])
    try await LoopbackServer.run({ _ in .text("trapped") }) { trap in
      try await LoopbackServer.run(
        { request in
          hosts.withLock { $0.append(request.header("Host")) }
          return .text("public")
        }, host: "127.0.0.2"
      ) { server in
        let resolver = FixedResolver(["127.0.0.2"], ["127.0.0.1"])
        try await GuardFixture.run(allowing: "127.0.0.2", resolver: resolver) { transport in
          let url = "http://rebind.example:\(server.port)/a%2Fb?q=1"
          let reply = try await transport.send(GuardFixture.get(url))
          #expect(reply.text == "public")
          #expect(reply.url == url)
          #expect(resolver.questions == ["rebind.example"])
          // The second request asks again, and is refused although a connection is open.
          let code = try await GuardFixture.failure(transport, GuardFixture.get(url))?.code
          #expect(code == .denied)
          #expect(resolver.questions.count == 2)
        }
        #expect(server.connectionCount == 1)
        #expect(hosts.withLock { $0 } == ["rebind.example:\(server.port)"])
      }
      #expect(trap.connectionCount == 0)
    }
  }

  @Test("a name with xn-- is pinned, too: nobody else looks it up")
  func internationalName() async throws {
    try await LoopbackServer.run({ .text($0.header("Host") ?? "") }) { server in
      try await GuardFixture.run(allowing: "127.0.0.1", resolver: FixedResolver(["127.0.0.1"])) { transport in
        for host in ["xn--bcher-kva.invalid", "a_b.invalid", "a-b.c.invalid", "XN--NXASMQ6B.invalid."] {
          let reply = try await transport.send(GuardFixture.get("http://\(host):\(server.port)/"))
          let name = host.lowercased().hasSuffix(".") ? String(host.lowercased().dropLast()) : host.lowercased()
          #expect(reply.text == "\(name):\(server.port)")
        }
      }
    }
  }

  @Test("with an allow-list, names and numbers of private networks work when their addresses are listed")
  func allowList() async throws {
    try await LoopbackServer.run({ .text($0.header("Host") ?? "") }) { server in
      try await GuardFixture.run(allowing: "127.0.0.0/8", resolver: FixedResolver(["127.0.0.1"])) { transport in
        for (host, expected) in [
          ("127.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("localhost", "localhost"),
          ("database", "database"), ("[::ffff:127.0.0.1]", "127.0.0.1"),
        ] {
          let reply = try await transport.send(GuardFixture.get("http://\(host):\(server.port)/"))
          #expect(reply.text == "\(expected):\(server.port)")
        }
      }
      let resolver = FixedResolver(["10.0.0.1"])
      try await GuardFixture.run(allowing: "127.0.0.0/8", resolver: resolver) { transport in
        let codeA = try await GuardFixture.failure(transport, GuardFixture.get("http://localhost/"))?.code
        #expect(codeA == .denied)
        let codeB = try await GuardFixture.failure(transport, GuardFixture.get("http://10.0.0.1/"))?.code
        #expect(codeB == .denied)
      }
      #expect(resolver.questions == ["localhost"])
    }
  }

  @Test("over IPv6")
  func six() async throws {
    try await LoopbackServer.run({ .text($0.header("Host") ?? "") }, host: "::1") { server in
      try await GuardFixture.run(allowing: "::1", resolver: FixedResolver(["::1"])) { transport in
        #expect(
          try await transport.send(GuardFixture.get("http://[0::1]:\(server.port)/")).text == "[::1]:\(server.port)")
        let reply = try await transport.send(GuardFixture.get("http://six.example:\(server.port)/"))
        #expect(reply.text == "six.example:\(server.port)")
      }
    }
  }

  @Test("when the first address does not answer, the next one is tried")
  func nextAddress() async throws {
    try await LoopbackServer.run({ _ in .text("second") }, host: "127.0.0.2") { server in
      try await GuardFixture.run(allowing: "127.0.0.0/8", resolver: FixedResolver(["127.0.0.9", "127.0.0.2"])) {
        let reply = try await $0.send(GuardFixture.get("http://two.example:\(server.port)/"))
        #expect(reply.text == "second")
      }
    }
  }

  @Test("a name without address, and one that nobody can resolve: not reached, worth trying again")
  func unresolved() async throws {
    try await GuardFixture.run { transport in
      let error = try await GuardFixture.failure(transport, GuardFixture.get("http://empty.example/"))
      #expect(error?.code == .unavailable)
      #expect(error?.reached == false)
    }
    try await GuardFixture.run(resolver: SystemResolver()) { transport in
      let error = try await GuardFixture.failure(transport, GuardFixture.get("http://nothing.invalid/"))
      #expect(error?.code == .unavailable)
      #expect(error?.reached == false)
      #expect(error?.retry == .backoff)
    }
  }

  @Test("the timeout covers the look-up, and so does cancelling")
  func slowLookup() async throws {
    let resolver = SilentResolver()
    try await GuardFixture.run(resolver: resolver) { transport in
      let error = try await GuardFixture.failure(
        transport, GuardFixture.get("http://slow.example/", timeout: .milliseconds(100)))
      #expect(error?.code == .timeout)
      #expect(error?.reached == false)
      let generation = resolver.asked.generation
      let task = Task {
        try await GuardFixture.failure(transport, GuardFixture.get("http://slow.example/", timeout: .seconds(60)))
      }
      await resolver.asked.wait(after: generation)
      task.cancel()
      #expect(try await task.value?.code == .cancelled)
    }
  }

  @Test(
    "requests that are not for a tool to send",
    arguments: [
      HTTPRequest(url: "http://user:pw@example.com/"), HTTPRequest(url: "ftp://example.com/"),
      HTTPRequest(url: "file:///etc/passwd"), HTTPRequest(url: "http+unix://%2Frun%2Fdocker.sock/"),
      HTTPRequest(url: "http://example.com/", headers: [HTTPHeader("hOST", "127.0.0.1")]),
      HTTPRequest(url: "http://example.com/", headers: [HTTPHeader("A", "b\r\nHost: c")]),
      HTTPRequest(method: "GET /\r\nX: y", url: "http://example.com/"),
    ])
  func invalid(request: HTTPRequest) async throws {
    try await GuardFixture.run(resolver: FixedResolver(["127.0.0.1"])) { transport in
      let error = try await GuardFixture.failure(transport, request)
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("pw") == false)
    }
  }

  @Test("a proxy gets names, and only such as it may get")
  func proxy() async throws {
    let seen = Mutex<[String]>([])
    let resolver = FixedResolver(["127.0.0.1"])
    try await LoopbackServer.run({ request in
      seen.withLock { $0.append("\(request.method) \(request.target)") }
      return LoopbackReply(status: 407)
    }) { server in
      let proxies = try ProxySettings(http: server.url, https: server.url, exceptions: "direct.example")
      let configuration = HTTPTransportConfiguration(proxies: proxies)
      try await GuardFixture.run(allowing: "192.0.2.0/24", resolver: resolver, configuration) { transport in
        for url in ["http://service.example/", "https://service.example/", "http://8.8.8.8/", "http://134744072/"] {
          let codeA = try await GuardFixture.failure(transport, GuardFixture.get(url))?.code
          #expect(codeA == .unavailable)
        }
        #expect(resolver.questions == [])
        for host in ["metadata.google.internal", "x.localhost", "10.0.0.1", "0xa9fea9fe", "[::ffff:a00:1]", "single"] {
          let codeB = try await GuardFixture.failure(transport, GuardFixture.get("http://\(host)/"))?.code
          #expect(codeB == .denied)
        }
        let codeC = try await GuardFixture.failure(transport, GuardFixture.get("http://direct.example/"))?.code
        #expect(codeC == .denied)
        #expect(resolver.questions == ["direct.example"])
      }
    }
    #expect(
      seen.withLock { $0 } == [
        "CONNECT service.example:80", "CONNECT service.example:443", "CONNECT 8.8.8.8:80", "CONNECT 8.8.8.8:80",
      ])
  }

  @Test("more hosts than clients are kept: old ones are closed, and all work")
  func manyHosts() async throws {
    try await LoopbackServer.run({ .text($0.header("Host") ?? "") }) { server in
      try await GuardFixture.run(allowing: "127.0.0.1", resolver: FixedResolver(["127.0.0.1"])) { transport in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<150 {
            group.addTask {
              for _ in 0..<2 {
                let reply = try await transport.send(GuardFixture.get("http://h\(number).example:\(server.port)/"))
                #expect(reply.text == "h\(number).example:\(server.port)")
              }
            }
          }
          try await group.waitForAll()
        }
      }
    }
  }
}
