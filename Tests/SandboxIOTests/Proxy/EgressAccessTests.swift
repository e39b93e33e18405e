import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@Suite("What the proxy refuses", .timeLimit(.minutes(2)))
struct EgressAccessTests {
  @Test(
    "no credentials and wrong ones: 407, whatever is asked for",
    arguments: [
      "", "Proxy-Authorization: Basic Y2FsbDpub3RoaW5n\r\n", "Proxy-Authorization: Bearer x\r\n",
      "Proxy-Authorization: Basic\r\n", "Proxy-Authorization: \r\n", "Authorization: Basic x\r\n", "%%",
    ])
  func unauthorized(header: String) async throws {
    try await LoopbackServer.run({ _ in .text("trapped") }) { server in
      let resolver = FixedResolver(["127.0.0.1"])
      try await EgressFixture.run(["a.example:\(server.port)"], resolver: resolver) { _, grant in
        let target = "a.example:\(server.port)"
        for start in ["CONNECT \(target)", "GET http://\(target)/", "GET /", "CONNECT nonsense"] {
          let reply = try await EgressFixture.reply(grant, "\(start) HTTP/1.1\r\n\(header)\r\n")
          #expect(reply.hasPrefix("HTTP/1.1 407 Proxy Authentication Required\r\n"), "\(reply)")
          #expect(reply.contains("\r\nProxy-Authenticate: Basic realm="))
          #expect(!reply.contains("example"))
        }
        #expect(grant.usage == EgressUsage())
      }
      #expect(resolver.questions == [])
      #expect(server.connectionCount == 0)
    }
  }

  @Test("a grant is for its own call only")
  func twoGrants() async throws {
    try await LoopbackServer.run({ .text($0.header("Host") ?? "") }) { server in
      try await EgressFixture.run(["a.example:\(server.port)"]) { proxy, first in
        let second = try await proxy.register(hosts: ["b.example:\(server.port)"])
        #expect(first.url != second.url)
        #expect(first.port == second.port)
        for (grant, host, status) in [(first, "a", 200), (first, "b", 403), (second, "b", 200), (second, "a", 403)] {
          let reply = try await EgressFixture.reply(
            grant, "GET http://\(host).example:\(server.port)/ HTTP/1.1\r\n%\r\n")
          #expect(reply.hasPrefix("HTTP/1.1 \(status) "))
        }
        #expect(first.usage.lastRefused == ["b.example:\(server.port)"])
        #expect(second.usage.lastRefused == ["a.example:\(server.port)"])
      }
    }
  }

  @Test("an empty list allows nothing")
  func emptyList() async throws {
    try await EgressFixture.run([]) { _, grant in
      let reply = try await EgressFixture.reply(grant, "CONNECT example.com:443 HTTP/1.1\r\n%\r\n")
      #expect(reply.hasPrefix("HTTP/1.1 403 "))
    }
  }

  @Test(
    "what is not listed: 403 that says what would allow it, and nobody is asked for the name",
    arguments: [
      ("other.example:443", "\"other.example\""), ("example.org:443", "\"example.org\""),
      ("a.example.org:8080", "\"a.example.org:8080\""), ("exact.example:22", "\"exact.example:22\""),
      ("x.exact.example:443", "\"x.exact.example\""), ("badexample.org:443", "\"badexample.org\""),
      ("8.8.8.8:443", "\"8.8.8.8\""), ("2130706433:80", "\"127.0.0.1\""), ("[::1]:80", "\"[::1]\""),
      ("127.0.0.2:80", "\"127.0.0.2\""), ("localhost:80", "\"localhost\""),
    ])
  func notListed(target: String, entry: String) async throws {
    let resolver = FixedResolver(["127.0.0.1"])
    let hosts = ["*.example.org", "exact.example", "127.0.0.9"]
    try await EgressFixture.run(hosts, resolver: resolver) { _, grant in
      for request in ["CONNECT \(target)", "GET http://\(target)/secret", "HEAD http://\(target)/"] {
        let reply = try await EgressFixture.reply(grant, "\(request) HTTP/1.1\r\n%\r\n")
        let parts = reply.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
        #expect(parts[0].hasPrefix("HTTP/1.1 403 Forbidden: "))
        #expect(parts[0].contains("\r\nContent-Type: text/plain"))
        if request.hasPrefix("HEAD") {
          #expect(parts[1].isEmpty)
          continue
        }
        #expect(parts[1].contains("\(entry) in \"network\" of its manifest"), "\(reply)")
        #expect(parts[1].utf8.count { $0 == 0x0A } == 1)
        #expect(!reply.contains("secret"))
      }
      #expect(grant.usage.refusals == 3)
      #expect(grant.usage.lastRefused.count == 1)
      #expect(grant.usage.hosts == [])
    }
    #expect(resolver.questions == [])
  }

  @Test("listed subdomains, addresses and default ports get as far as the connection")
  func listed() async throws {
    try await LoopbackServer.run({ .text($0.header("Host") ?? "") }) { server in
      let port = server.port
      let hosts = ["*.example.org:\(port)", "127.0.0.1:\(port)"]
      try await EgressFixture.run(hosts) { _, grant in
        for (host, name) in [
          ("a.example.org", "a.example.org"), ("a.b.EXAMPLE.org.", "a.b.example.org"), ("127.0.0.1", "127.0.0.1"),
          ("0x7f.1", "127.0.0.1"),
        ] {
          let reply = try await EgressFixture.reply(grant, "GET http://\(host):\(port) HTTP/1.1\r\n%\r\n")
          #expect(reply.hasSuffix("\r\n\r\n\(name):\(port)"), "\(reply)")
        }
        let apex = try await EgressFixture.reply(grant, "GET http://example.org:\(port)/ HTTP/1.1\r\n%\r\n")
        #expect(apex.hasPrefix("HTTP/1.1 403 "))
      }
    }
  }

  @Test(
    "an answer with one address that is not allowed refuses all of it",
    arguments: [["127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.2", "10.0.0.1"], ["169.254.169.254"], ["::1"]])
  func addresses(answer: [String]) async throws {
    try await LoopbackServer.run({ _ in .text("trapped") }) { server in
      let resolver = FixedResolver(answer)
      // 127.0.0.2 plays the part of a public address.
      try await EgressFixture.run(
        ["a.example:\(server.port)"], allowing: "127.0.0.2", resolver: resolver
      ) { _, grant in
        for request in ["CONNECT a.example:\(server.port)", "GET http://a.example:\(server.port)/"] {
          let reply = try await EgressFixture.reply(grant, "\(request) HTTP/1.1\r\n%\r\n")
          #expect(reply.hasPrefix("HTTP/1.1 403 Forbidden: "))
          #expect(reply.contains("AGENT_PRIVATE_NETWORKS"))
        }
        #expect(grant.usage.refusals == 2)
        #expect(resolver.questions.count == 2)
      }
      #expect(server.connectionCount == 0)
    }
  }

  @Test("private names and addresses are refused although they are listed, and names without being looked up")
  func privateNames() async throws {
    let resolver = FixedResolver(["8.8.8.8"])
    let hosts = ["localhost", "metadata.google.internal", "127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1"]
    try await EgressFixture.run(hosts, allowing: "", resolver: resolver) { _, grant in
      for host in hosts {
        let reply = try await EgressFixture.reply(grant, "CONNECT \(host):80 HTTP/1.1\r\n%\r\n")
        #expect(reply.hasPrefix("HTTP/1.1 403 Forbidden: "), "\(reply)")
      }
    }
    #expect(resolver.questions == [])
  }

  @Test("a list with an entry that is none is refused, and so is everything after the end")
  func register() async throws {
    let proxy = EgressProxy()
    await #expect(throws: SandboxError.self) { try await proxy.register(hosts: ["a.example", "*"]) }
    await proxy.shutdown()
    let error = await #expect(throws: SandboxError.self) { try await proxy.register(hosts: ["a.example"]) }
    #expect(error?.code == .unavailable)
  }

  @Test("the variables for a child's environment")
  func environment() async throws {
    try await EgressFixture.run(["a.example"]) { proxy, grant in
      #expect(
        grant.environment.map(\.0) == ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"])
      #expect(grant.environment.allSatisfy { $0.1 == grant.url })
      let isURL = grant.url.wholeMatch(of: /http:\/\/call:[0-9a-f]{32}@127\.0\.0\.1:[0-9]+/) != nil
      #expect(isURL)
      let other = try await proxy.register(hosts: [])
      #expect(grant.url != other.url)
    }
  }
}
