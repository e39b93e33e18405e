import NIOCore
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@Suite("Limits of the proxy", .timeLimit(.minutes(2)))
struct EgressLimitTests {
  @Test(
    "what is not HTTP is refused without waiting for more",
    arguments: [
      "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "\u{5}\u{1}\u{0}", "SSH-2.0-OpenSSH\r\n\r\n", "\r\n\r\n", "GET\r\n\r\n",
      "GET  http://a.example/ HTTP/1.1\r\n\r\n", "G\u{1}T", "GET http://a.example/ HTTP/1.1\n\r\n\r\n",
      "GET http://a.example/ HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "GET http://a.example/ HTTP/1.1\r\nA : b\r\n\r\n",
      "GET http://a.example/ HTTP/1.1\r\n: b\r\n\r\n", "GET http://a.example/ HTTP/1.1\r\nno colon\r\n\r\n",
      "GET http://a.example/ HTTP/1.1\r\nA: b\rc\r\n\r\n", "é / HTTP/1.1\r\n\r\n",
    ])
  func garbage(bytes: String) async throws {
    try await EgressFixture.run(["a.example"]) { _, grant in
      let reply = try await EgressFixture.reply(grant, bytes)
      #expect(reply.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(reply)")
    }
  }

  @Test(
    "requests that are not for a proxy, or not clear",
    arguments: [
      ("GET / HTTP/1.1\r\n", 400), ("OPTIONS * HTTP/1.1\r\n", 400), ("GET https://a.example/ HTTP/1.1\r\n", 400),
      ("GET ftp://a.example/ HTTP/1.1\r\n", 400), ("GET http://u:p@a.example/ HTTP/1.1\r\n", 400),
      ("CONNECT a.example HTTP/1.1\r\n", 400), ("CONNECT http://a.example/ HTTP/1.1\r\n", 400),
      ("PRI * HTTP/2.0\r\n", 505), ("GET http://a.example/ HTTP/1.2\r\n", 505),
      ("POST http://a.example/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400),
      ("POST http://a.example/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400),
      ("POST http://a.example/ HTTP/1.1\r\nContent-Length: -1\r\n", 400),
      ("POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n", 400),
      ("POST http://a.example/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 400),
    ])
  func unclear(head: String, status: Int) async throws {
    let resolver = FixedResolver(["127.0.0.1"])
    try await EgressFixture.run(["a.example"], resolver: resolver) { _, grant in
      let reply = try await EgressFixture.reply(grant, "\(head)%\r\n")
      #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(reply)")
      #expect(!reply.contains("u:p"))
    }
    #expect(resolver.questions == [])
  }

  @Test("a head that is too large: 431")
  func hugeHead() async throws {
    try await EgressFixture.run(["a.example"]) { _, grant in
      let header = "A: \(String(repeating: "x", count: 1000))\r\n"
      let reply = try await EgressFixture.reply(
        grant, "CONNECT a.example:443 HTTP/1.1\r\n%\(String(repeating: header, count: 200))\r\n")
      #expect(reply.hasPrefix("HTTP/1.1 431 "))
    }
  }

  @Test("a head that does not come in time: the connection is closed", arguments: ["", "CONNECT a.exa"])
  func slowHead(start: String) async throws {
    try await EgressFixture.run(["a.example"], limits: EgressLimits(headTimeout: .milliseconds(100))) { _, grant in
      let isClosed = try await TCPPeer.connect(grant.port) { peer in
        if !start.isEmpty { try await peer.send(start) }
        return await peer.endsInSilence()
      }
      #expect(isClosed)
    }
  }

  @Test("the time for a head is not for the rest")
  func slowTunnel() async throws {
    let limit = Duration.milliseconds(500)
    try await TCPPeer.serve(TCPPeer.echo) { port in
      try await EgressFixture.run(["a.example:\(port)"], limits: EgressLimits(headTimeout: limit)) { _, grant in
        try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          let end = ContinuousClock.now + limit * 2
          while ContinuousClock.now < end {
            try await peer.send("x")
            #expect(try await peer.read(1).count == 1)
          }
        }
      }
    }
  }

  @Test("silence closes a tunnel, and bytes in either direction are no silence")
  func idle() async throws {
    let limit = Duration.milliseconds(500)
    try await TCPPeer.serve({ peer in
      for _ in 0..<8 {
        try await peer.send("x")
        try await Task.sleep(for: limit / 4)
      }
      _ = try await peer.rest()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"], limits: EgressLimits(idleTimeout: limit)) { _, grant in
        let (count, time) = try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          let start = ContinuousClock.now
          var count = 0
          while let chunk = try? await peer.next() { count += chunk.readableBytes }
          return (count, ContinuousClock.now - start)
        }
        // On a machine that is very busy a pause may have been longer than the limit.
        #expect((1...8).contains(count))
        #expect(time >= limit)
      }
    }
  }

  @Test("a host that does not take connections: 504")
  func connectTimeout() async throws {
    try await FullListener.run { port in
      let limits = EgressLimits(connectTimeout: .milliseconds(200))
      try await EgressFixture.run(["a.example:\(port)"], limits: limits) { _, grant in
        let reply = try await EgressFixture.reply(grant, "CONNECT a.example:\(port) HTTP/1.1\r\n%\r\n")
        #expect(reply.hasPrefix("HTTP/1.1 504 "), "\(reply)")
      }
    }
  }

  @Test("a look-up that does not end: 504")
  func slowLookup() async throws {
    let limits = EgressLimits(connectTimeout: .milliseconds(100))
    try await EgressFixture.run(["a.example"], resolver: SilentResolver(), limits: limits) { _, grant in
      let reply = try await EgressFixture.reply(grant, "CONNECT a.example:443 HTTP/1.1\r\n%\r\n")
      #expect(reply.hasPrefix("HTTP/1.1 504 "))
    }
  }

  @Test("connections of one grant: one more is answered with 503, and one that ends makes room")
  func connections() async throws {
    try await TCPPeer.serve(TCPPeer.echo) { port in
      try await EgressFixture.run(["a.example:\(port)"], limits: EgressLimits(connections: 2)) { proxy, grant in
        let target = "a.example:\(port)"
        try await EgressFixture.tunnel(grant, to: target) { _ in
          try await EgressFixture.tunnel(grant, to: target) { _ in
            let reply = try await EgressFixture.reply(grant, "CONNECT \(target) HTTP/1.1\r\n%\r\n")
            #expect(reply.hasPrefix("HTTP/1.1 503 "))
            #expect(reply.contains("2 connections"))
            // Others have their own.
            let other = try await proxy.register(hosts: [target])
            try await EgressFixture.tunnel(other, to: target) { _ in }
          }
          var isOpen = false
          while !isOpen {
            do {
              try await EgressFixture.tunnel(grant, to: target) { _ in }
              isOpen = true
            } catch is EgressFixture.Refused { try await Task.sleep(for: .milliseconds(10)) }
          }
        }
      }
    }
  }

  @Test("connections that say nothing: one more is closed, and does not keep away who is known already")
  func strangers() async throws {
    try await TCPPeer.serve(TCPPeer.echo) { port in
      try await EgressFixture.run(["a.example:\(port)"], limits: EgressLimits(strangers: 1)) { _, grant in
        try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          try await TCPPeer.connect(grant.port) { silent in
            try await silent.send("CONN")
            var isClosed = false
            // Whether it is the first of both to be accepted is not said.
            while !isClosed {
              isClosed = try await TCPPeer.connect(grant.port) { second in
                try await second.send("GET / HTTP/1.1\r\n\r\n")
                return await second.endsInSilence()
              }
            }
            try await peer.send("x")
            #expect(try await peer.read(1).count == 1)
          }
        }
      }
    }
  }

  @Test("lists of hosts are bounded")
  func lists() async throws {
    try await TCPPeer.serve(TCPPeer.echo) { port in
      let limits = EgressLimits(hosts: 2, refusals: 2)
      try await EgressFixture.run(["*.a.example:\(port)"], limits: limits) { _, grant in
        for name in ["1", "2", "1", "3"] {
          try await EgressFixture.tunnel(grant, to: "\(name).a.example:\(port)") { _ in }
        }
        for name in ["1", "2", "1", "3"] {
          _ = try await EgressFixture.reply(grant, "CONNECT \(name).b.example:443 HTTP/1.1\r\n%\r\n")
        }
        #expect(grant.usage.connections == 4)
        #expect(grant.usage.hosts == ["1.a.example:\(port)", "2.a.example:\(port)"])
        #expect(grant.usage.hasMoreHosts)
        #expect(grant.usage.refusals == 4)
        #expect(grant.usage.lastRefused == ["1.b.example:443", "3.b.example:443"])
      }
    }
  }
}
