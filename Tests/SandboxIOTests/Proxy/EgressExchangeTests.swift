import NIOCore
import SandboxCore
import SandboxIO
import SandboxTestKit
import Synchronization
import Testing

@Suite("Plain requests through the proxy", .timeLimit(.minutes(2)))
struct EgressExchangeTests {
  @Test("a request is passed on without what is for the proxy only, and so is the reply")
  func headers() async throws {
    let seen = Mutex<LoopbackRequest?>(nil)
    try await LoopbackServer.run({ request in
      seen.withLock { $0 = request }
      return LoopbackReply(
        headers: [
          ("Connection", "keep-alive, X-Mine"), ("Keep-Alive", "timeout=5"), ("X-Mine", "1"), ("Proxy-Status", "x"),
          ("Set-Cookie", "a=b"),
        ], body: Array("hello".utf8))
    }) { server in
      try await EgressFixture.run(["*.b.example:\(server.port)"]) { _, grant in
        let reply = try await EgressFixture.reply(
          grant,
          "GET http://A.b.example:\(server.port)/p?x=1#f HTTP/1.1\r\nHost: evil.example\r\nProxy-Connection: keep-alive\r\n"
            + "Connection: X-Hop, Content-Length\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\nTE: trailers\r\n"
            + "Accept:  */*\r\nContent-Length: 4\r\n%\r\nbody")
        #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(reply.hasSuffix("\r\nConnection: close\r\n\r\nhello"))
        #expect(reply.contains("Set-Cookie: a=b\r\n"))
        for name in ["Keep-Alive", "X-Mine", "Proxy-Status"] { #expect(!reply.contains(name), "\(name)") }
        let request = try #require(seen.withLock { $0 })
        #expect(request.target == "/p?x=1")
        #expect(request.text == "body")
        let names = request.headers.map { "\($0.name): \($0.value)" }
        #expect(
          names == ["Host: a.b.example:\(server.port)", "Accept: */*", "Content-Length: 4", "Connection: close"])
        #expect(grant.usage.hosts == ["a.b.example:\(server.port)"])
        #expect(grant.usage.bytesUp > 4)
        #expect(grant.usage.bytesDown > 5)
      }
    }
  }

  @Test("only one request a connection: the next one, with its credentials, goes nowhere")
  func pipelining() async throws {
    let seen = Mutex<[String]>([])
    try await LoopbackServer.run({ request in
      seen.withLock { $0.append(request.path) }
      return .text("one")
    }) { server in
      try await EgressFixture.run(["a.example:\(server.port)"]) { _, grant in
        for body in [
          "Content-Length: 2\r\n%\r\nhi", "Transfer-Encoding: chunked\r\n%\r\n2\r\nhi\r\n0\r\n\r\n", "%\r\n",
        ] {
          let reply = try await EgressFixture.reply(
            grant,
            "POST http://a.example:\(server.port)/1 HTTP/1.1\r\n\(body)GET http://a.example:\(server.port)/2 HTTP/1.1\r\n%\r\n"
          )
          #expect(reply.hasSuffix("one"))
        }
        #expect(seen.withLock { $0 } == ["/1", "/1", "/1"])
      }
    }
  }

  @Test("a redirect is the client's to follow")
  func redirect() async throws {
    try await LoopbackServer.run({ _ in
      LoopbackReply(status: 302, headers: [("Location", "http://169.254.169.254/")])
    }) { server in
      let resolver = FixedResolver(["127.0.0.1"])
      try await EgressFixture.run(["a.example:\(server.port)"], resolver: resolver) { _, grant in
        let reply = try await EgressFixture.reply(grant, "GET http://a.example:\(server.port)/ HTTP/1.1\r\n%\r\n")
        #expect(reply.hasPrefix("HTTP/1.1 302 Found\r\n"))
        #expect(reply.contains("Location: http://169.254.169.254/\r\n"))
        #expect(resolver.questions.count == 1)
      }
      #expect(server.connectionCount == 1)
    }
  }

  @Test("20 MB up and 20 MB down")
  func big() async throws {
    let count = 20 << 20
    try await LoopbackServer.run({ request in
      LoopbackReply(body: [UInt8](repeating: 7, count: request.body.count))
    }) { server in
      try await EgressFixture.run(["a.example:\(server.port)"]) { _, grant in
        let received = try await TCPPeer.connect(grant.port) { peer in
          try await peer.send(
            "PUT http://a.example:\(server.port)/ HTTP/1.1\r\nContent-Length: \(count)\r\n\(grant.header)\r\n")
          try await peer.send(count: count)
          let head = try await peer.head()
          #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
          return try await peer.countRest()
        }
        #expect(received == count)
        #expect(grant.usage.bytesUp > count && grant.usage.bytesUp < count + 1000)
        #expect(grant.usage.bytesDown > count && grant.usage.bytesDown < count + 1000)
      }
    }
  }

  @Test(
    "a reply ends where its head says",
    arguments: [
      ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokJUNK", "ok"),
      ("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nJUNK", "2\r\nok\r\n0\r\n\r\n"),
      ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nJUNK", ""),
      ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nJUNK", ""),
      ("GET", "HTTP/1.1 204 No Content\r\n\r\nJUNK", ""),
      ("GET", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 200\r\nContent-Length: 2\r\n\r\nok", "ok"),
    ])
  func replyEnds(method: String, raw: String, body: String) async throws {
    // The host keeps the connection open.
    try await TCPPeer.serve({ peer in
      _ = try await peer.head()
      try await peer.send(raw)
      _ = try await peer.rest()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let reply = try await EgressFixture.reply(grant, "\(method) http://a.example:\(port)/ HTTP/1.1\r\n%\r\n")
        #expect(reply.hasSuffix("\r\nConnection: close\r\n\r\n\(body)"), "\(reply)")
        #expect(reply.hasPrefix("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP") == raw.contains(" 103 "))
      }
    }
  }

  @Test("a reply without a length ends with the connection")
  func untilEnd() async throws {
    try await TCPPeer.serve({ peer in
      _ = try await peer.head()
      try await peer.send("HTTP/1.0 200 OK\r\n\r\nall of it")
      try await peer.finish()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let reply = try await EgressFixture.reply(grant, "GET http://a.example:\(port)/ HTTP/1.0\r\n%\r\n")
        #expect(reply == "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nall of it")
      }
    }
  }

  @Test("a client that waits for 100 Continue gets it")
  func expectation() async throws {
    try await TCPPeer.serve({ peer in
      let head = try await peer.head()
      try await peer.send("HTTP/1.1 100 Continue\r\n\r\n")
      let body = String(decoding: try await peer.read(4), as: UTF8.self)
      #expect(head.contains("\r\nExpect: 100-continue\r\n"))
      try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\(body)")
      try await peer.finish()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let reply = try await TCPPeer.connect(grant.port) { peer in
          try await peer.send(
            "PUT http://a.example:\(port)/ HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\(grant.header)\r\n"
          )
          #expect(try await peer.head() == "HTTP/1.1 100 Continue\r\n\r\n")
          try await peer.send("body")
          return try await peer.rest()
        }
        #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n") && reply.hasSuffix("\r\n\r\nbody"))
      }
    }
  }

  @Test("a host that replies before it has the whole body, and closes: the client gets the reply")
  func earlyReply() async throws {
    try await TCPPeer.serve({ peer in
      _ = try await peer.head()
      try await peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!")
      try await peer.finish()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let reply = try await TCPPeer.connect(grant.port) { peer in
          try await peer.send(
            "PUT http://a.example:\(port)/ HTTP/1.1\r\nContent-Length: 1000000\r\n\(grant.header)\r\nbegin")
          return try await peer.rest()
        }
        #expect(reply.hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
        #expect(reply.hasSuffix("no!"))
      }
    }
  }

  @Test(
    "a host that does not answer in HTTP: 502",
    arguments: [
      "SSH-2.0-x\r\n\r\n", "", "\u{16}\u{3}\u{1}", "HTTP/2 200\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 200 OK\r\nbad\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n",
    ])
  func notHTTP(raw: String) async throws {
    try await TCPPeer.serve({ peer in
      _ = try await peer.head()
      try await peer.send(raw)
      try await peer.finish()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let reply = try await EgressFixture.reply(grant, "GET http://a.example:\(port)/ HTTP/1.1\r\n%\r\n")
        #expect(reply.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"), "\(reply)")
      }
    }
  }

  @Test("a reply that is cut off does not look complete")
  func cutOff() async throws {
    try await TCPPeer.serve({ peer in
      _ = try await peer.head()
      try await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
      try await peer.finish()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let reply = try await EgressFixture.reply(grant, "GET http://a.example:\(port)/ HTTP/1.1\r\n%\r\n")
        #expect(!reply.contains("0\r\n\r\n"))
      }
    }
  }
}
