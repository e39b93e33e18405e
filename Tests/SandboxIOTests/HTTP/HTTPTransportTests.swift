import SandboxCore
import SandboxIO
import SandboxTestKit
import Synchronization
import Testing

@Suite("HTTP transport", .timeLimit(.minutes(2)))
struct HTTPTransportTests {
  private static func request(_ url: String, timeout: Duration = .seconds(30), limit: Int = 1 << 20) -> HTTPRequest {
    HTTPRequest(
      url: url, headers: [HTTPHeader("X-Test", "1")], body: Array("{}".utf8), timeout: timeout, maximumReplyBytes: limit
    )
  }

  /// The error of one request to a server that answers with `reply`.
  private static func failure(
    _ reply: LoopbackReply, timeout: Duration = .seconds(30), limit: Int = 1 << 20
  ) async throws -> SandboxError {
    try await LoopbackServer.run({ _ in reply }) { server in
      await AsyncHTTPTransport.withTransport { transport in
        do throws(SandboxError) {
          let reply = try await transport.send(request(server.url, timeout: timeout, limit: limit))
          Issue.record("got a reply with status \(reply.status)")
          return SandboxError(.internalError, "no error")
        } catch {
          return error
        }
      }
    }
  }

  private static func reached(_ error: SandboxError) -> Bool? { (error.cause as? HTTPFailure)?.reached }

  @Test("sends method, path, headers and body, and brings back status, headers and body")
  func exchange() async throws {
    let seen = Mutex<[LoopbackRequest]>([])
    try await LoopbackServer.run({ request in
      seen.withLock { $0.append(request) }
      return LoopbackReply(status: 418, headers: [("X-Reply", "yes")], body: request.body)
    }) { server in
      try await AsyncHTTPTransport.withTransport { transport in
        let body = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
        let reply = try await transport.send(
          HTTPRequest(method: "PUT", url: "\(server.url)/a/b?q=1", headers: [HTTPHeader("X-Test", "ä")], body: body))
        #expect(reply.status == 418)
        #expect(reply.header("x-reply") == "yes")
        #expect(reply.body == body)
      }
    }
    let request = try #require(seen.withLock { $0.first })
    #expect(request.method == "PUT")
    #expect(request.target == "/a/b?q=1")
    #expect(request.header("x-test") == "ä")
    #expect(request.header("content-length") == "70000")
    #expect(request.header("accept-encoding") == nil)
  }

  @Test("keeps connections alive")
  func keepAlive() async throws {
    try await LoopbackServer.run({ _ in .text("ok") }) { server in
      try await AsyncHTTPTransport.withTransport { transport in
        for _ in 0..<5 {
          let reply = try await transport.send(Self.request(server.url))
          #expect(reply.text == "ok")
        }
      }
      #expect(server.connectionCount == 1)
    }
  }

  @Test("a redirect is a reply")
  func redirect() async throws {
    let count = Mutex(0)
    try await LoopbackServer.run({ _ in
      count.withLock { $0 += 1 }
      return LoopbackReply(status: 302, headers: [("Location", "/elsewhere")])
    }) { server in
      try await AsyncHTTPTransport.withTransport { transport in
        let reply = try await transport.send(HTTPRequest(method: "GET", url: server.url))
        #expect(reply.status == 302)
        #expect(reply.header("Location") == "/elsewhere")
      }
    }
    #expect(count.withLock { $0 } == 1)
  }

  @Test("nobody listens: not reached, worth trying again")
  func refused() async throws {
    let port = try await LoopbackServer.freePort()
    await AsyncHTTPTransport.withTransport { transport in
      let error = await #expect(throws: SandboxError.self) {
        try await transport.send(Self.request("http://127.0.0.1:\(port)/secret?key=value"))
      }
      #expect(error?.code == .unavailable)
      #expect(error.flatMap(Self.reached) == false)
      #expect(error?.retry == .backoff)
      #expect(error?.message.contains("127.0.0.1:\(port)") == true)
      #expect(error?.description.contains("secret") == false)
    }
  }

  @Test("a host name that does not exist: not reached")
  func unknownHost() async throws {
    await AsyncHTTPTransport.withTransport { transport in
      let error = await #expect(throws: SandboxError.self) {
        try await transport.send(Self.request("http://nothing.invalid/"))
      }
      #expect(error?.code == .unavailable)
      #expect(error.flatMap(Self.reached) == false)
      #expect(error?.retry == .backoff)
    }
  }

  @Test(
    "no whole reply: the server may have acted",
    arguments: [
      LoopbackReply.close, .reset, LoopbackReply(body: Array("0123456789".utf8), delivery: .cutBody(after: 4)),
      LoopbackReply(body: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe".utf8), delivery: .raw),
      LoopbackReply(body: Array("HTTP/1.1 200 OK\r\nContent-Le".utf8), delivery: .raw),
    ])
  func cutOff(reply: LoopbackReply) async throws {
    let error = try await Self.failure(reply)
    #expect(error.code == .unavailable)
    #expect(Self.reached(error) == true)
    #expect(error.retry == .backoff)
  }

  @Test("an answer that is not HTTP")
  func garbage() async throws {
    let error = try await Self.failure(.garbage)
    #expect(error.code == .invalidResponse)
    #expect(Self.reached(error) == true)
  }

  @Test("TLS to a server that speaks none: never trusted")
  func noTLS() async throws {
    try await LoopbackServer.run({ _ in .text("ok") }) { server in
      // With all tests at once, a handshake may take longer than a connection usually is given.
      await AsyncHTTPTransport.withTransport(HTTPTransportConfiguration(connectTimeout: .seconds(60))) { transport in
        let error = await #expect(throws: SandboxError.self) {
          try await transport.send(Self.request("https://127.0.0.1:\(server.port)"))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.retry == .never)
        #expect(error.flatMap(Self.reached) == false)
      }
    }
  }

  @Test(
    "a file of trusted certificates that cannot be used is pointed to",
    arguments: ["/nonexistent/ca.pem", "/etc/hostname"])
  func unusableTrustRoots(path: String) async throws {
    try await LoopbackServer.run({ _ in .text("ok") }) { server in
      await AsyncHTTPTransport.withTransport(HTTPTransportConfiguration(trustRoots: path)) { transport in
        let error = await #expect(throws: SandboxError.self) {
          try await transport.send(Self.request("https://127.0.0.1:\(server.port)"))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.retry == .never)
        #expect(error?.message.contains("SSL_CERT_FILE") == true)
      }
    }
  }

  @Test(
    "the timeout covers head and body",
    arguments: [
      LoopbackReply.silence,
      LoopbackReply(body: [UInt8](repeating: 65, count: 4000), delivery: .slow(chunk: 1, pause: .milliseconds(50))),
    ])
  func timeout(reply: LoopbackReply) async throws {
    let start = ContinuousClock.now
    let error = try await Self.failure(reply, timeout: .milliseconds(300))
    #expect(error.code == .timeout)
    #expect(Self.reached(error) == true)
    #expect(error.retry == .backoff)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("a slow reply within its time is a reply")
  func slow() async throws {
    let body = Array("slow but complete".utf8)
    let reply = LoopbackReply(body: body, delivery: .slow(chunk: 3, pause: .milliseconds(5)))
    try await LoopbackServer.run({ _ in reply }) { server in
      try await AsyncHTTPTransport.withTransport { transport in
        let reply = try await transport.send(Self.request(server.url))
        #expect(reply.body == body)
      }
    }
  }

  @Test(
    "a reply over the limit",
    arguments: [
      LoopbackReply(body: [UInt8](repeating: 65, count: 1001)),
      LoopbackReply(
        body: Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 65, count: 1001), delivery: .raw),
    ])
  func tooLarge(reply: LoopbackReply) async throws {
    let error = try await Self.failure(reply, limit: 1000)
    #expect(error.code == .outputLimit)
    #expect(error.retry == .never)
  }

  @Test("a reply of exactly the limit")
  func atLimit() async throws {
    try await LoopbackServer.run({ _ in LoopbackReply(body: [UInt8](repeating: 65, count: 1000)) }) { server in
      try await AsyncHTTPTransport.withTransport { transport in
        let reply = try await transport.send(Self.request(server.url, limit: 1000))
        #expect(reply.body.count == 1000)
      }
    }
  }

  @Test("cancelling ends the exchange at once", arguments: [false, true])
  func cancel(inBody: Bool) async throws {
    let arrived = ChangeSignal()
    let slow = LoopbackReply(
      body: [UInt8](repeating: 65, count: 100_000), delivery: .slow(chunk: 1, pause: .milliseconds(100)))
    try await LoopbackServer.run({ _ in
      arrived.notify()
      return inBody ? slow : .silence
    }) { server in
      try await AsyncHTTPTransport.withTransport { transport in
        let start = ContinuousClock.now
        let error = try await withThrowingTaskGroup(of: SandboxError?.self) { group in
          group.addTask {
            do throws(SandboxError) {
              _ = try await transport.send(Self.request(server.url, timeout: .seconds(60)))
            } catch { return error }
            return nil
          }
          await arrived.wait(after: 0)
          group.cancelAll()
          return try await group.next() ?? nil
        }
        #expect(error?.code == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(20))
      }
    }
  }

  @Test(
    "requests that cannot be sent",
    arguments: [
      HTTPRequest(url: "ftp://example.com"), HTTPRequest(url: "http+unix://%2Ftmp%2Fx/"), HTTPRequest(url: "http://"),
      HTTPRequest(url: "/relative"), HTTPRequest(url: "http://host:99999/"), HTTPRequest(url: ""),
      HTTPRequest(method: "GET / HTTP/1.1\r\nX: y", url: "http://127.0.0.1:1/"),
      HTTPRequest(method: "", url: "http://127.0.0.1:1/"),
      HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("A", "b\r\nC: d")]),
      HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("A b", "c")]),
    ])
  func invalid(request: HTTPRequest) async throws {
    await AsyncHTTPTransport.withTransport { transport in
      let error = await #expect(throws: SandboxError.self) { try await transport.send(request) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.retry == .never)
    }
  }

  @Test("200 requests at the same time, each with its own reply")
  func concurrent() async throws {
    let gate = ChangeSignal()
    let waiting = Mutex(0)
    try await LoopbackServer.run({ request in
      // Nobody is answered before all have arrived: they really are on their way together.
      let generation = gate.generation
      let arrived = waiting.withLock {
        $0 += 1
        return $0
      }
      if arrived == 200 { gate.notify() } else { await gate.wait(after: generation) }
      return LoopbackReply(body: request.body)
    }) { server in
      try await AsyncHTTPTransport.withTransport(HTTPTransportConfiguration(maximumConnections: 250)) { transport in
        let replies = try await withThrowingTaskGroup(of: (Int, String).self) { group in
          for number in 0..<200 {
            group.addTask {
              let reply = try await transport.send(
                HTTPRequest(url: server.url, body: Array("\(number)".utf8), timeout: .seconds(60)))
              return (number, reply.text)
            }
          }
          return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        #expect(replies.count == 200)
        #expect(replies.allSatisfy { $0.value == String($0.key) })
      }
    }
  }

  @Test("more requests than connections wait their turn")
  func bounded() async throws {
    try await LoopbackServer.run({ _ in LoopbackReply(body: [65], delay: .milliseconds(5)) }) { server in
      try await AsyncHTTPTransport.withTransport(HTTPTransportConfiguration(maximumConnections: 4)) { transport in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<60 { group.addTask { _ = try await transport.send(Self.request(server.url)) } }
          try await group.waitForAll()
        }
      }
      #expect(server.connectionCount <= 4)
    }
  }

  @Test("after shutting down nothing is sent, and shutting down again is nothing")
  func shutdown() async throws {
    try await LoopbackServer.run({ _ in .text("ok") }) { server in
      let transport = AsyncHTTPTransport()
      _ = try await transport.send(Self.request(server.url))
      await transport.shutdown()
      await transport.shutdown()
      let error = await #expect(throws: SandboxError.self) { try await transport.send(Self.request(server.url)) }
      #expect(error?.code == .unavailable)
      #expect(error?.retry == .never)
    }
  }

  @Test("shutting down ends requests under way")
  func shutdownUnderWay() async throws {
    let arrived = ChangeSignal()
    try await LoopbackServer.run({ _ in
      arrived.notify()
      return .silence
    }) { server in
      let transport = AsyncHTTPTransport()
      async let error = #expect(throws: SandboxError.self) {
        try await transport.send(Self.request(server.url, timeout: .seconds(60)))
      }
      await arrived.wait(after: 0)
      await transport.shutdown()
      #expect(await error?.code == .unavailable)
    }
  }

  @Test("a transport that is dropped without shutting down does no harm")
  func dropped() async throws {
    try await LoopbackServer.run({ _ in .text("ok") }) { server in
      _ = try await AsyncHTTPTransport().send(Self.request(server.url))
    }
  }

  @Test("through a proxy, with credentials")
  func proxy() async throws {
    let seen = Mutex<[LoopbackRequest]>([])
    try await LoopbackServer.run({ request in
      seen.withLock { $0.append(request) }
      return LoopbackReply(status: 407)
    }) { server in
      let proxies = try ProxySettings(http: "http://us%65r:pw@127.0.0.1:\(server.port)", https: nil, exceptions: "")
      await AsyncHTTPTransport.withTransport(HTTPTransportConfiguration(proxies: proxies, connectTimeout: .seconds(60)))
      {
        transport in
        let error = await #expect(throws: SandboxError.self) {
          try await transport.send(Self.request("http://service.invalid/x"))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.retry == .never)
        #expect(error.flatMap(Self.reached) == false)
      }
    }
    let request = try #require(seen.withLock { $0.first })
    #expect(request.method == "CONNECT")
    #expect(request.target == "service.invalid:80")
    #expect(request.header("Proxy-Authorization") == "Basic dXNlcjpwdw==")
  }
}
