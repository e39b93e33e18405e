import SandboxCore
import SandboxIO
import SandboxTestKit
import Synchronization
import Testing

@Suite("HTTP streams", .timeLimit(.minutes(2)))
struct HTTPStreamTests {
  /// Both transports, on a server that answers with `reply`.
  private static func run(
    _ reply: @escaping @Sendable (LoopbackRequest) -> LoopbackReply, isGuarded: Bool,
    _ body: (any HTTPStreamTransport, String) async throws -> Void
  ) async throws {
    try await LoopbackServer.run({ reply($0) }) { server in
      try await AsyncHTTPTransport.withTransport { transport in
        guard isGuarded else { return try await body(transport, server.url) }
        let policy = try AddressPolicy(parsing: "127.0.0.1")
        try await body(GuardedTransport(transport, policy: policy), server.url)
      }
    }
  }

  private static func request(_ url: String, idle: Duration? = nil, limit: Int = 1 << 20) -> HTTPRequest {
    HTTPRequest(method: "GET", url: url, timeout: .seconds(60), idleTimeout: idle, maximumReplyBytes: limit)
  }

  @Test("head first, then each chunk as it comes", arguments: [false, true])
  func chunks(isGuarded: Bool) async throws {
    let feed = LoopbackFeed()
    let headers = [("Content-Type", "text/event-stream")]
    try await Self.run({ _ in LoopbackReply(headers: headers, delivery: .feed(feed)) }, isGuarded: isGuarded) {
      transport, url in
      let text = try await transport.withReply(to: Self.request(url)) { (exchange) throws(SandboxError) in
        #expect(exchange.status == 200)
        #expect(exchange.header("content-type") == "text/event-stream")
        #expect(exchange.url == "\(url)/")
        feed.send("one")
        var text = ""
        for try await chunk in exchange.body {
          text += String(decoding: chunk, as: UTF8.self)
          // The next part is sent only when this one has been read.
          if text == "one" { feed.send("two") } else { feed.finish() }
        }
        return text
      }
      #expect(text == "onetwo")
    }
  }

  @Test("a body that is not read to its end ends with the exchange", arguments: [false, true])
  func leave(isGuarded: Bool) async throws {
    try await Self.run(
      { _ in LoopbackReply(body: [UInt8](repeating: 65, count: 10_000), delivery: .endless) }, isGuarded: isGuarded
    ) { transport, url in
      for _ in 0..<3 {
        let count = try await transport.withReply(to: Self.request(url)) { (exchange) throws(SandboxError) in
          for try await chunk in exchange.body { return chunk.count }
          return 0
        }
        #expect(count > 0)
      }
    }
  }

  @Test("an endless body ends at the limit", arguments: [false, true])
  func endless(isGuarded: Bool) async throws {
    try await Self.run(
      { _ in LoopbackReply(body: [UInt8](repeating: 65, count: 10_000), delivery: .endless) }, isGuarded: isGuarded
    ) { transport, url in
      let error = try await GuardFixture.failure(transport, Self.request(url))
      #expect(error?.code == .outputLimit)
      #expect(error?.retry == .never)
    }
  }

  @Test("a body can be read once")
  func once() async throws {
    try await Self.run({ _ in .text("x") }, isGuarded: true) { transport, url in
      let error = await #expect(throws: SandboxError.self) {
        try await transport.withReply(to: Self.request(url)) { (exchange) throws(SandboxError) in
          #expect(try await exchange.collect().text == "x")
          _ = try await exchange.collect()
        }
      }
      #expect(error?.code == .invalidState)
    }
  }

  @Test("what the reader throws comes through, and the exchange is over")
  func readerThrows() async throws {
    try await Self.run(
      { _ in LoopbackReply(body: [UInt8](repeating: 65, count: 10_000), delivery: .endless) }, isGuarded: true
    ) { transport, url in
      let error = await #expect(throws: SandboxError.self) {
        try await transport.withReply(to: Self.request(url)) { (_) throws(SandboxError) in
          throw SandboxError(.conflict, "mine", cause: HTTPFailure(reached: false), retry: .backoff)
        }
      }
      #expect(error?.code == .conflict)
    }
  }

  private enum Silence: CaseIterable {
    case head, body, rest

    var reply: LoopbackReply {
      switch self {
      case .head: .silence
      case .body: LoopbackReply(delivery: .feed(LoopbackFeed()))
      case .rest: LoopbackReply(body: Array("0123456789".utf8), delivery: .slow(chunk: 5, pause: .seconds(30)))
      }
    }
  }

  @Test("silence ends at the idle timeout, before and within the reply", arguments: Silence.allCases, [false, true])
  private func idle(silence: Silence, isGuarded: Bool) async throws {
    let reply = silence.reply
    try await Self.run({ _ in reply }, isGuarded: isGuarded) { transport, url in
      let error = try await GuardFixture.failure(transport, Self.request(url, idle: .milliseconds(100)))
      #expect(error?.code == .timeout)
      #expect(error?.reached == true)
      #expect(error?.retry == .backoff)
    }
  }

  @Test("a byte now and then is not silence, but the timeout still holds")
  func slowLoris() async throws {
    let body = [UInt8](repeating: 65, count: 100_000)
    try await Self.run(
      { _ in LoopbackReply(body: body, delivery: .slow(chunk: 1, pause: .milliseconds(20))) }, isGuarded: true
    ) { transport, url in
      var request = Self.request(url, idle: .seconds(20))
      request.timeout = .milliseconds(300)
      let error = try await GuardFixture.failure(transport, request)
      #expect(error?.code == .timeout)
      #expect(error?.message.contains("no complete reply") == true)
    }
  }

  @Test("cancelling in the middle of a body", arguments: [false, true])
  func cancel(isGuarded: Bool) async throws {
    let begun = ChangeSignal()
    try await Self.run(
      { _ in LoopbackReply(body: [UInt8](repeating: 65, count: 10_000), delivery: .endless) }, isGuarded: isGuarded
    ) {
      transport, url in
      let task = Task { () -> SandboxError.Code? in
        do throws(SandboxError) {
          try await transport.withReply(to: Self.request(url, limit: .max)) { (exchange) throws(SandboxError) in
            for try await _ in exchange.body { begun.notify() }
          }
          return nil
        } catch { return error.code }
      }
      await begun.wait(after: 0)
      task.cancel()
      #expect(await task.value == .cancelled)
    }
  }

  @Test("a body that breaks off after some chunks: the chunks, then an error")
  func cutOff() async throws {
    let reply = LoopbackReply(
      body: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\nde".utf8), delivery: .raw)
    try await Self.run({ _ in reply }, isGuarded: true) { transport, url in
      let text = Mutex("")
      let error = await #expect(throws: SandboxError.self) {
        try await transport.withReply(to: Self.request(url)) { (exchange) throws(SandboxError) in
          for try await chunk in exchange.body { text.withLock { $0 += String(decoding: chunk, as: UTF8.self) } }
        }
      }
      #expect(error?.code == .unavailable)
      #expect((error?.cause as? HTTPFailure)?.reached == true)
      #expect(text.withLock { $0.hasPrefix("abc") })
    }
  }

  // MARK: Headers

  @Test("headers without end", arguments: ["X: \(String(repeating: "a", count: 100_000))\r\n", "X: a\r\n"])
  func headerFlood(header: String) async throws {
    let head = "HTTP/1.1 200 OK\r\n" + String(repeating: header, count: 2000)
    try await Self.run({ _ in LoopbackReply(body: Array(head.utf8), delivery: .raw) }, isGuarded: true) {
      transport, url in
      let error = try await GuardFixture.failure(transport, Self.request(url))
      #expect(error?.code == .outputLimit)
      #expect(error?.reached == true)
    }
  }

  // MARK: Compression

  private static func compressed(_ bytes: [UInt8], _ encoding: String = "gzip") -> LoopbackReply {
    LoopbackReply(headers: [("Content-Encoding", encoding)], body: bytes)
  }

  @Test("gzip and deflate are taken off, again and again on one connection", arguments: ["gzip", "deflate", "GZIP"])
  func inflate(encoding: String) async throws {
    let body = encoding == "deflate" ? GzipSamples.deflated : GzipSamples.gzipped
    try await Self.run({ _ in Self.compressed(body, encoding) }, isGuarded: true) { transport, url in
      for _ in 0..<3 {
        let reply = try await transport.send(Self.request(url, limit: 1200))
        #expect(reply.text == String(repeating: "hello ", count: 200))
      }
      let code = try await GuardFixture.failure(transport, Self.request(url, limit: 1199))?.code
      #expect(code == .outputLimit)
    }
  }

  @Test("a bomb ends at the limit", arguments: [1000, 1 << 20])
  func bomb(limit: Int) async throws {
    let bomb = GzipSamples.bomb(megabytes: 256)
    #expect(bomb.count < 3 << 20)
    try await Self.run({ _ in Self.compressed(bomb) }, isGuarded: true) { transport, url in
      let error = try await GuardFixture.failure(transport, Self.request(url, limit: limit + (3 << 20)))
      #expect(error?.code == .outputLimit)
      #expect(error?.retry == .never)
    }
  }

  @Test("bodies that are not compressed as they say", arguments: ["br", "gzip, gzip", "zstd", "x", "gzip"])
  func badEncoding(encoding: String) async throws {
    try await Self.run({ _ in Self.compressed(Array("plain text".utf8), encoding) }, isGuarded: true) {
      transport, url in
      let error = try await GuardFixture.failure(transport, Self.request(url))
      #expect(error?.code == .invalidResponse)
      #expect(error?.reached == true)
    }
  }

  @Test("a compressed body that breaks off")
  func truncated() async throws {
    try await Self.run({ _ in Self.compressed(Array(GzipSamples.gzipped.dropLast(12))) }, isGuarded: true) {
      transport, url in
      let code = try await GuardFixture.failure(transport, Self.request(url))?.code
      #expect(code == .invalidResponse)
    }
  }

  @Test("HEAD with the headers of a compressed body")
  func head() async throws {
    let reply = LoopbackReply(
      body: Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999999\r\n\r\n".utf8), delivery: .raw)
    try await Self.run({ _ in reply }, isGuarded: true) { transport, url in
      var request = Self.request(url, limit: 1000)
      request.method = "HEAD"
      let reply = try await transport.send(request)
      #expect(reply.body == [])
    }
  }
}
