import NIOCore
import SandboxCore
import SandboxIO
import Testing

@Suite("Tunnels of the proxy", .timeLimit(.minutes(2)))
struct EgressTunnelTests {
  @Test("bytes go both ways, and are counted")
  func echo() async throws {
    try await TCPPeer.serve(TCPPeer.echo) { port in
      let resolver = FixedResolver(["127.0.0.1"])
      try await EgressFixture.run(["echo.example:\(port)"], resolver: resolver) { _, grant in
        try await EgressFixture.tunnel(grant, to: "Echo.example.:\(port)") { peer in
          for text in ["hello", "\u{0}\r\n\r\n\u{7F}"] {
            try await peer.send(text)
            #expect(try await peer.read(text.utf8.count) == Array(text.utf8))
          }
        }
        #expect(resolver.questions == ["echo.example"])
        #expect(grant.usage.hosts == ["echo.example:\(port)"])
        #expect(grant.usage.connections == 1)
        #expect(grant.usage.bytesUp == 11)
        #expect(grant.usage.bytesDown == 11)
        #expect(grant.usage.refusals == 0)
      }
    }
  }

  @Test("what is sent right behind the request belongs to the tunnel")
  func early() async throws {
    try await TCPPeer.serve(TCPPeer.echo) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let reply = try await TCPPeer.connect(grant.port) { peer in
          try await peer.send("CONNECT a.example:\(port) HTTP/1.1\r\n\(grant.header)\r\n\u{1}early")
          try await peer.finish()
          _ = try await peer.head()
          return try await peer.rest()
        }
        #expect(reply == "\u{1}early")
      }
    }
  }

  @Test("the end of one direction is passed on, and the other goes on")
  func halfClose() async throws {
    try await TCPPeer.serve({ peer in
      let request = try await peer.rest()
      try await peer.send("\(request), and after its end this")
      try await peer.finish()
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let text = try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          try await peer.send("question")
          try await peer.finish()
          return try await peer.rest()
        }
        #expect(text == "question, and after its end this")
      }
    }
  }

  @Test("a host that ends first leaves the client's direction open")
  func hostEndsFirst() async throws {
    let received = OneValue<String>()
    try await TCPPeer.serve({ peer in
      try await peer.send("bye")
      try await peer.finish()
      received.set(try await peer.rest())
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          #expect(try await peer.rest() == "bye")
          try await peer.send("still here")
          try await peer.finish()
          #expect(await received.value == "still here")
        }
      }
    }
  }

  @Test("20 MB both ways at the same time")
  func big() async throws {
    let count = 20 << 20
    try await TCPPeer.serve(TCPPeer.echo) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        let received = try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          let output = peer.output
          async let sent: Void = output.send(count: count, of: 7)
          let bytes = try await peer.read(count)
          try await sent
          return bytes.count { $0 == 7 }
        }
        #expect(received == count)
        #expect(grant.usage.bytesUp == count)
        #expect(grant.usage.bytesDown == count)
      }
    }
  }

  @Test("who does not read holds up who writes, in both directions; then everything arrives, also to a slow reader")
  func backPressure() async throws {
    let count = 64 << 20
    let mayRead = OneValue<Void>()
    let received = OneValue<Int>()
    try await TCPPeer.serve({ peer in
      let output = peer.output
      async let sent: Void = Self.sendAll(count, output)
      await mayRead.value
      received.set(try await peer.countRest())
      try await sent
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { _, grant in
        try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          let output = peer.output
          async let sent: Void = Self.sendAll(count, output)
          let stalled = try await Self.stalled(grant)
          #expect(stalled.bytesUp < count / 2)
          #expect(stalled.bytesDown < count / 2)
          mayRead.set(())
          #expect(try await peer.countRest() == count)
          try await sent
          #expect(await received.value == count)
        }
        #expect(grant.usage.bytesUp == count)
        #expect(grant.usage.bytesDown == count)
      }
    }
  }

  private static func sendAll(_ count: Int, _ output: TCPOutput) async throws {
    try await output.send(count: count)
    try await output.finish()
  }

  /// The numbers once they have not changed for half a second.
  private static func stalled(_ grant: EgressGrant) async throws -> EgressUsage {
    var last = grant.usage
    var since = ContinuousClock.now
    while ContinuousClock.now - since < .milliseconds(500) || last.bytesUp == 0 || last.bytesDown == 0 {
      try await Task.sleep(for: .milliseconds(20))
      if grant.usage != last { (last, since) = (grant.usage, .now) }
    }
    return last
  }

  @Test("the first address that answers is taken; if none does there is 502")
  func addresses() async throws {
    try await TCPPeer.serve(TCPPeer.echo) { port in
      let resolver = FixedResolver(["127.0.0.9", "127.0.0.1"], ["127.0.0.9", "127.0.0.8"], [])
      try await EgressFixture.run(["a.example:\(port)"], resolver: resolver) { _, grant in
        let bytes = try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
          try await peer.send("x")
          return try await peer.read(1)
        }
        #expect(bytes == Array("x".utf8))
        for problem in ["cannot be connected to: Connection refused", "has no address"] {
          let reply = try await EgressFixture.reply(grant, "CONNECT a.example:\(port) HTTP/1.1\r\n%\r\n")
          #expect(reply.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
          #expect(reply.contains(problem), "\(reply)")
        }
        #expect(grant.usage.refusals == 0)
      }
    }
  }
}
