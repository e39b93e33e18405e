import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@Suite("The end of grants and of the proxy", .timeLimit(.minutes(2)))
struct EgressEndTests {
  @Test("revoking closes the tunnels of the grant on both sides, and only its own")
  func revoke() async throws {
    let ended = OneValue<Bool>()
    try await TCPPeer.serve({ peer in
      let first = try await peer.read(1)
      try await peer.send(String(decoding: first, as: UTF8.self))
      let isEnd = await peer.endsInSilence()
      if first == Array("1".utf8) { ended.set(isEnd) }
    }) { port in
      try await EgressFixture.run(["a.example:\(port)"]) { proxy, grant in
        let target = "a.example:\(port)"
        let other = try await proxy.register(hosts: [target])
        try await EgressFixture.tunnel(other, to: target) { kept in
          try await kept.send("2")
          #expect(try await kept.read(1).count == 1)
          try await EgressFixture.tunnel(grant, to: target) { peer in
            try await peer.send("1")
            #expect(try await peer.read(1).count == 1)
            grant.revoke()
            #expect(await peer.endsInSilence())
            #expect(await ended.value == true)
          }
          let usage = grant.usage
          let reply = try await EgressFixture.reply(grant, "CONNECT \(target) HTTP/1.1\r\n%\r\n")
          #expect(reply.hasPrefix("HTTP/1.1 407 "))
          #expect(grant.usage == usage)
          #expect(usage.bytesUp == 1 && usage.bytesDown == 1)
          grant.revoke()
          let isOpen = try await EgressFixture.tunnel(other, to: target) { _ in true }
          #expect(isOpen)
        }
      }
    }
  }

  @Test("revoking ends a look-up and a connection that is being made")
  func revokeEarly() async throws {
    let resolver = SilentResolver()
    try await EgressFixture.run(["a.example"], resolver: resolver) { _, grant in
      let generation = resolver.asked.generation
      try await TCPPeer.connect(grant.port) { peer in
        try await peer.send("CONNECT a.example:443 HTTP/1.1\r\n\(grant.header)\r\n")
        await resolver.asked.wait(after: generation)
        grant.revoke()
        #expect(await peer.endsInSilence())
      }
    }
    try await FullListener.run { port in
      let resolver = FixedResolver(["127.0.0.1"])
      try await EgressFixture.run(
        ["a.example:\(port)"], resolver: resolver, limits: EgressLimits(connectTimeout: .seconds(60))
      ) { _, grant in
        try await TCPPeer.connect(grant.port) { peer in
          try await peer.send("CONNECT a.example:\(port) HTTP/1.1\r\n\(grant.header)\r\n")
          #expect(try await eventually { resolver.questions.count == 1 })
          let start = ContinuousClock.now
          grant.revoke()
          #expect(await peer.endsInSilence())
          #expect(ContinuousClock.now - start < .seconds(20))
        }
      }
    }
  }

  @Test("shutting down closes everything at once, whatever state it is in")
  func shutdown() async throws {
    let limits = EgressLimits(connectTimeout: .seconds(600), linger: .seconds(600))
    try await FullListener.run { full in
      try await TCPPeer.serve(TCPPeer.echo) { port in
        let resolver = FixedResolver(["127.0.0.1"])
        let proxy = EgressProxy(
          policy: AddressPolicy(allowing: [try #require(IPNetwork("127.0.0.0/8"))]), resolver: resolver, limits: limits)
        let grant = try await proxy.register(hosts: ["a.example:\(port)", "b.example:\(full)"])
        try await withThrowingTaskGroup(of: Bool.self) { group in
          let isReady = OneValue<Void>()
          for start in ["", "CONNECT a.", "CONNECT b.example:\(full) HTTP/1.1\r\n\(grant.header)\r\n"] {
            group.addTask {
              try await TCPPeer.connect(grant.port) { peer in
                if !start.isEmpty { try await peer.send(start) }
                return await peer.endsInSilence()
              }
            }
          }
          // A refusal that the client has read, and holds open.
          group.addTask {
            try await TCPPeer.connect(grant.port) { peer in
              try await peer.send("nonsense\r\n\r\n")
              _ = try await peer.rest()
              await isReady.value
              return true
            }
          }
          // A tunnel whose client sends and does not read.
          group.addTask {
            try await EgressFixture.tunnel(grant, to: "a.example:\(port)") { peer in
              isReady.set(())
              do { while true { try await peer.send(count: 1 << 20) } } catch { return true }
            }
          }
          await isReady.value
          #expect(try await eventually { resolver.questions.count == 2 && grant.usage.bytesUp > 0 })
          let start = ContinuousClock.now
          await proxy.shutdown()
          #expect(ContinuousClock.now - start < .seconds(20))
          for try await isClosed in group { #expect(isClosed) }
        }
        await proxy.shutdown()
        await #expect(throws: (any Error).self) { try await TCPPeer.connect(grant.port) { _ in } }
      }
    }
  }

  @Test("shutting down while connections keep coming in")
  func shutdownUnderLoad() async throws {
    for _ in 0..<20 {
      let proxy = EgressProxy()
      let port = try await proxy.register(hosts: []).port
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask { try? await TCPPeer.connect(port) { _ = await $0.endsInSilence() } }
        }
        await Task.yield()
        await proxy.shutdown()
        try await group.waitForAll()
      }
    }
  }

  @Test("a proxy that is dropped closes its connections")
  func dropped() async throws {
    var proxy: EgressProxy? = EgressProxy()
    let port = try #require(try await proxy?.register(hosts: []).port)
    try await TCPPeer.connect(port) { peer in
      proxy = nil
      #expect(await peer.endsInSilence())
    }
  }

  @Test("a proxy without grants starts nothing")
  func unused() async {
    await EgressProxy.withProxy { _ in }
  }
}
