import SandboxCore
import SandboxTestKit
import Synchronization
import Testing

@testable import SandboxTools

@Suite("MCP over HTTP, revisions with sessions", .timeLimit(.minutes(2)))
struct MCPHTTPLegacyTests {
  private typealias Fixture = MCPHTTPFixture

  @Test("session id and version after initialize, and a DELETE at the end")
  func session() async throws {
    try await Fixture.run(Fixture.legacy { _ in .json(Fixture.response()) }) { (transport, fixture) async throws in
      try await transport.initialize()
      _ = try await transport.exchange(Fixture.request())
      await fixture.wait { $0.requests.count == 4 }
      await transport.close()
      await transport.close()
      let requests = fixture.requests.filter { $0.method != "GET" }
      #expect(requests.map(\.method) == ["POST", "POST", "POST", "DELETE"])
      #expect(requests.map { $0.header("Mcp-Session-Id") } == [nil, "s-1", "s-1", "s-1"])
      #expect(requests.prefix(3).map { $0.header("MCP-Protocol-Version") } == [nil, "2025-11-25", "2025-11-25"])
      #expect(requests.allSatisfy { $0.header("Mcp-Method") == nil && $0.header("Mcp-Name") == nil })
      #expect(fixture.requests.filter { $0.method == "GET" }.map { $0.header("Accept") } == ["text/event-stream"])
    }
  }

  @Test("a session id is taken only from a successful answer to initialize")
  func foreignSession() async throws {
    try await Fixture.run({ request in
      switch (try? JSONValue(parsing: request.body))?["method"] {
      case "initialize":
        return LoopbackReply(
          status: 400, headers: [("Content-Type", "application/json"), ("Mcp-Session-Id", "trap")],
          body: Fixture.error(-32600).utf8())
      default:
        return LoopbackReply(
          headers: [("Content-Type", "application/json"), ("Mcp-Session-Id", "trap")], body: Fixture.response().utf8())
      }
    }) { (transport, fixture) async throws in
      #expect(try await transport.exchange(Fixture.initialize)["error"]?["code"] == -32600)
      _ = try await transport.exchange(Fixture.request())
      _ = try await transport.exchange(Fixture.request())
      #expect(fixture.requests.allSatisfy { $0.header("Mcp-Session-Id") == nil })
    }
  }

  @Test(
    "a session id that is no header value is refused", arguments: ["", "a b", "ä", String(repeating: "a", count: 1025)])
  func badSession(id: String) async throws {
    try await Fixture.run({ _ in
      Fixture.events(Fixture.event(Fixture.response(0)), headers: [("Mcp-Session-Id", id)])
    }) { (transport, _) async throws in
      #expect(await transport.failure(Fixture.initialize)?.code == .invalidResponse)
    }
  }

  @Test("a forgotten session: nothing was done, and the transport is of no more use")
  func forgotten() async throws {
    let gone = LoopbackReply.json(Fixture.error(-32600, id: 1), status: 404)
    try await Fixture.run(Fixture.legacy { _ in gone }) { (transport, fixture) async throws in
      try await transport.initialize()
      let error = await transport.failure()
      #expect(error?.code == .unavailable)
      #expect(error?.isBeforeEffect == true)
      #expect(error?.retry == .backoff)
      #expect(!transport.isUsable)
      await transport.close()
      #expect(!fixture.requests.contains { $0.method == "DELETE" })
    }
  }

  /// The server's own stream can tell that the session is gone at the moment in which a request is made.
  @Test("a session that is forgotten before a request is sent: none is sent without it")
  func forgottenMeanwhile() async throws {
    try await Fixture.run(Fixture.legacy { _ in .json(Fixture.response()) }) { (transport, fixture) async throws in
      try await transport.initialize()
      let count = fixture.requests.count { $0.method == "POST" }
      transport.state.withLock { ($0.sessionID, $0.isOver) = (nil, true) }
      let error = await #expect(throws: SandboxError.self) { try await transport.post(Fixture.request()) }
      #expect(error?.code == .unavailable)
      #expect(error?.isBeforeEffect == true)
      #expect(fixture.requests.count { $0.method == "POST" } == count)
    }
  }

  @Test("a session that is gone when a response's stream is taken up again: the request may have been done")
  func forgottenAfterwards() async throws {
    let start = Fixture.events("id: a\nretry: 1\ndata:\n\n")
    let get = { @Sendable (request: LoopbackRequest) -> LoopbackReply in
      LoopbackReply(status: request.header("Last-Event-ID") == nil ? 405 : 404)
    }
    try await Fixture.run(Fixture.legacy(get: get) { _ in start }) { (transport, _) async throws in
      try await transport.initialize()
      let error = await transport.failure()
      #expect(error?.code == .unavailable)
      #expect(error?.isBeforeEffect == false)
      #expect(!transport.isUsable)
    }
  }

  @Test("404 without a session is a wrong URL")
  func wrongURL() async throws {
    try await Fixture.run({ _ in .html(404) }) { (transport, _) async throws in
      #expect(await transport.failure(Fixture.initialize)?.code == .notFound)
      #expect(transport.isUsable)
    }
  }

  @Test("a batch is taken apart")
  func batch() async throws {
    let batch: JSONValue = [Fixture.progress(1), Fixture.response(9), Fixture.response()]
    for reply in [LoopbackReply.json(batch), Fixture.events(Fixture.event(batch))] {
      try await Fixture.run({ _ in reply }) { (transport, fixture) async throws in
        let request = Fixture.request(1, "tools/call", [:], .v2025March)
        #expect(try await transport.exchange(request) == Fixture.response())
        #expect(fixture.others == [Fixture.progress(1), Fixture.response(9)])
      }
    }
  }

  @Test("a stream that breaks off is taken up after its last event, as often as it brings something")
  func resume() async throws {
    let get = { @Sendable (request: LoopbackRequest) -> LoopbackReply in
      switch request.header("Last-Event-ID") {
      case "a": Fixture.events(Fixture.event(Fixture.progress(2), id: "b"))
      case "b": Fixture.events(Fixture.event(Fixture.progress(3), id: "c") + Fixture.event(Fixture.response(), id: "d"))
      default: LoopbackReply(status: 405)
      }
    }
    // An event with an id and no data comes first, only so that there is something to come back to.
    let start = "id: 0\r\nretry: 100\r\ndata:\r\n\r\n" + Fixture.event(Fixture.progress(1), id: "a")
    try await Fixture.run(Fixture.legacy(get: get) { _ in Fixture.events(start) }) {
      (transport, fixture) async throws in
      try await transport.initialize()
      #expect(try await transport.exchange(Fixture.request()) == Fixture.response())
      #expect(fixture.others == [Fixture.progress(1), Fixture.progress(2), Fixture.progress(3)])
      let gets = fixture.requests.filter { $0.method == "GET" && $0.header("Last-Event-ID") != nil }
      #expect(gets.map { $0.header("Last-Event-ID") } == ["a", "b"])
      #expect(gets.allSatisfy { $0.header("Mcp-Session-Id") == "s-1" })
    }
  }

  @Test("a stream is cut in the middle of a chunk, and taken up again")
  func cutConnection() async throws {
    let start = "id: a\nretry: 100\ndata:\n\n"
    let cut = LoopbackReply(
      headers: [("Content-Type", "text/event-stream")], body: Array("\(start)data: {\"half".utf8),
      delivery: .cutBody(after: start.utf8.count + 5))
    let get = { @Sendable (request: LoopbackRequest) -> LoopbackReply in
      request.header("Last-Event-ID") == "a"
        ? Fixture.events(Fixture.event(Fixture.response())) : LoopbackReply(status: 405)
    }
    try await Fixture.run(Fixture.legacy(get: get) { _ in cut }) { (transport, _) async throws in
      try await transport.initialize()
      #expect(try await transport.exchange(Fixture.request()) == Fixture.response())
    }
  }

  @Test("streams that bring nothing new are given up", arguments: [true, false])
  func fruitless(isOffered: Bool) async throws {
    let empty = Fixture.events(": nothing\n\n")
    let get = { @Sendable (request: LoopbackRequest) -> LoopbackReply in
      isOffered && request.header("Last-Event-ID") != nil ? empty : LoopbackReply(status: 405)
    }
    let start = Fixture.events("id: a\nretry: 1\ndata:\n\n")
    try await Fixture.run(Fixture.legacy(get: get) { _ in start }) { (transport, fixture) async throws in
      try await transport.initialize()
      let error = await transport.failure()
      #expect(error?.code == (isOffered ? .unavailable : .rejected))
      let gets = fixture.requests.filter { $0.header("Last-Event-ID") != nil }
      #expect(gets.count == (isOffered ? 5 : 1))
    }
  }

  @Test("the server's own stream: notifications and requests arrive, and it is taken up again")
  func listen() async throws {
    let second = LoopbackFeed()
    let ping: JSONValue = ["jsonrpc": "2.0", "id": "srv-1", "method": "ping"]
    let get = { @Sendable (request: LoopbackRequest) -> LoopbackReply in
      switch request.header("Last-Event-ID") {
      case nil: Fixture.events("retry: 100\n" + Fixture.event(Fixture.progress(1), id: "g1"))
      case "g1": LoopbackReply(headers: [("Content-Type", "text/event-stream")], delivery: .feed(second))
      default: LoopbackReply(status: 405)
      }
    }
    try await Fixture.run(Fixture.legacy(get: get) { _ in .json(Fixture.response()) }) {
      (transport, fixture) async throws in
      try await transport.initialize()
      second.send(Fixture.event(ping))
      await fixture.wait { $0.others.count == 2 }
      #expect(fixture.others == [Fixture.progress(1), ping])
      try await transport.send(["jsonrpc": "2.0", "id": "srv-1", "result": [:]], version: .legacy)
      #expect(fixture.requests.last?.text.contains("srv-1") == true)
      #expect(fixture.requests.last?.header("Mcp-Session-Id") == "s-1")
    }
  }

  @Test("a response that comes over the server's own stream finds who waits")
  func otherStream() async throws {
    let feed = LoopbackFeed()
    let get = { @Sendable (_: LoopbackRequest) in
      LoopbackReply(headers: [("Content-Type", "text/event-stream")], delivery: .feed(feed))
    }
    try await Fixture.run(
      Fixture.legacy(get: get) { _ in
        feed.send(Fixture.event(Fixture.response()))
        return Fixture.accepted
      }
    ) { (transport, fixture) async throws in
      try await transport.initialize()
      await fixture.wait { $0.requests.contains { $0.method == "GET" } }
      #expect(try await transport.exchange(Fixture.request()) == Fixture.response())
      #expect(fixture.others == [])
    }
  }

  @Test("notifications and answers: what the status says")
  func send() async throws {
    let status = Mutex(202)
    try await Fixture.run({ _ in LoopbackReply(status: status.withLock { $0 }) }) { (transport, _) async throws in
      let message: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 1]]
      for (value, code) in [
        (202, nil), (200, nil), (204, nil), (401, SandboxError.Code.unauthorized), (500, .unavailable),
      ] {
        status.withLock { $0 = value }
        var found: SandboxError.Code?
        do throws(SandboxError) { try await transport.send(message, version: .legacy) } catch { found = error.code }
        #expect(found == code)
      }
    }
  }

  @Test("cancelling does not close the session; a late response is handed on")
  func lateResponse() async throws {
    let feed = LoopbackFeed()
    let get = { @Sendable (_: LoopbackRequest) in
      LoopbackReply(headers: [("Content-Type", "text/event-stream")], delivery: .feed(feed))
    }
    try await Fixture.run(Fixture.legacy(get: get) { _ in .silence }) { (transport, fixture) async throws in
      #expect(!transport.announcesCancellation(.legacy))
      try await transport.initialize()
      let task = Task { await transport.failure(Fixture.request(5))?.code }
      await fixture.wait { $0.requests.contains { $0.text.contains("\"id\":5") } }
      task.cancel()
      #expect(await task.value == .cancelled)
      #expect(transport.isUsable)
      feed.send(Fixture.event(Fixture.response(5)))
      await fixture.wait { $0.others == [Fixture.response(5)] }
    }
  }

  @Test("the URL moves to another path of the same host, not to another host")
  func redirect() async throws {
    try await Fixture.run({ request in
      request.path == "/mcp"
        ? LoopbackReply(status: 307, headers: [("Location", "/mcp/")]) : .json(Fixture.response())
    }) { (transport, _) async throws in #expect(try await transport.exchange(Fixture.request()) == Fixture.response()) }
    try await Fixture.run({ _ in LoopbackReply(status: 307, headers: [("Location", "http://localhost/mcp")]) }) {
      (transport, _) async throws in #expect(await transport.failure()?.code == .denied)
    }
  }
}
