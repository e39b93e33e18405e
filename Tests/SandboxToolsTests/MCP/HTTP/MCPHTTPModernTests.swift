import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite("MCP over HTTP, the revision without sessions", .timeLimit(.minutes(2)))
struct MCPHTTPModernTests {
  private typealias Fixture = MCPHTTPFixture

  private static func request(
    _ id: Int64 = 1, name: String = "echo", parameters: [HTTPHeader] = [], timeout: Duration? = .seconds(30)
  ) -> MCPRequest {
    Fixture.request(id, "tools/call", ["name": .string(name)], .modern, parameters: parameters, timeout: timeout)
  }

  @Test("the headers of a call")
  func headers() async throws {
    let fixed = [HTTPHeader("X-Team", "blue"), HTTPHeader("mcp-method", "no"), HTTPHeader("Accept", "no")]
    try await Fixture.run(headers: fixed, { _ in .json(Fixture.response()) }) { (transport, fixture) async throws in
      let parameters = [HTTPHeader("Region", "Hello, 世界"), HTTPHeader("Pad", " padded "), HTTPHeader("N", "42")]
      let request = Self.request(name: "wörld", parameters: parameters)
      #expect(try await transport.exchange(request)["result"] == ["text": "done"])
      let sent = try #require(fixture.requests.first)
      #expect(sent.method == "POST")
      #expect(try JSONValue(parsing: sent.body) == request.message)
      for (name, value) in [
        ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "=?base64?d8O2cmxk?="),
        ("Mcp-Param-Region", "=?base64?SGVsbG8sIOS4lueVjA==?="), ("Mcp-Param-Pad", "=?base64?IHBhZGRlZCA=?="),
        ("Mcp-Param-N", "42"), ("X-Team", "blue"),
      ] {
        #expect(sent.headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value) == [value], "\(name)")
      }
    }
  }

  @Test("a session id is neither taken nor sent, and nothing is deleted at the end")
  func noSession() async throws {
    try await Fixture.run({ _ in
      var reply = LoopbackReply.json(Fixture.response())
      reply.headers.append(("Mcp-Session-Id", "s"))
      return reply
    }) { (transport, fixture) async throws in
      for _ in 0..<2 { _ = try await transport.exchange(Self.request()) }
      await transport.close()
      #expect(fixture.requests.map(\.method) == ["POST", "POST"])
      #expect(fixture.requests.allSatisfy { $0.header("Mcp-Session-Id") == nil })
    }
  }

  @Test("a stream: what comes before the response is handed on in order")
  func stream() async throws {
    let text =
      ": hello\r\n\r\n" + Fixture.event(Fixture.progress(1)) + Fixture.event(Fixture.response(77))
      + "event: other\r\ndata: {}\r\n\r\ndata: no json\r\n\r\n" + Fixture.event(Fixture.progress(2))
      + Fixture.event(Fixture.response())
    try await Fixture.run({ _ in Fixture.events(text) }) { (transport, fixture) async throws in
      #expect(try await transport.exchange(Self.request()) == Fixture.response())
      #expect(fixture.others == [Fixture.progress(1), Fixture.response(77), Fixture.progress(2)])
    }
  }

  @Test("a stream that breaks off is a lost call: nothing is taken up again")
  func cut() async throws {
    try await Fixture.run({ _ in Fixture.events(Fixture.event(Fixture.progress(1), id: "1")) }) {
      (transport, fixture) async throws in
      let error = await transport.failure(Self.request())
      #expect(error?.code == .unavailable)
      #expect(error?.isBeforeEffect == false)
      #expect(fixture.requests.count == 1)
      #expect(transport.isUsable)
    }
  }

  @Test(
    "a JSON-RPC error is the response, whatever the status",
    arguments: [
      (404, Int64(-32601), JSONValue.int(1)), (400, -32022, .int(1)), (400, -32020, .int(1)), (400, -32700, .null),
      (200, -32602, .int(1)),
    ])
  func errors(status: Int, code: Int64, id: JSONValue) async throws {
    try await Fixture.run({ _ in .json(Fixture.error(code, id: id), status: status) }) { (transport, _) async throws in
      #expect(try await transport.exchange(Self.request())["error"]?["code"] == .int(code))
      #expect(transport.isUsable)
    }
  }

  @Test(
    "other statuses",
    arguments: [
      (400, SandboxError.Code.rejected, true), (401, .unauthorized, true), (403, .unauthorized, true),
      (404, .notFound, true), (405, .rejected, true), (406, .rejected, true), (415, .rejected, true),
      (302, .rejected, true), (429, .rateLimited, true), (500, .unavailable, false), (503, .unavailable, false),
    ])
  func statuses(status: Int, code: SandboxError.Code, isBeforeEffect: Bool) async throws {
    try await Fixture.run({ _ in LoopbackReply(status: status) }) { (transport, _) async throws in
      let error = await transport.failure(Self.request())
      #expect(error?.code == code)
      #expect(error?.isBeforeEffect == isBeforeEffect)
    }
  }

  @Test("a refused credential is no answer, even when it looks like one")
  func unauthorized() async throws {
    try await Fixture.run({ _ in .json(Fixture.error(-32600, id: 1), status: 401) }) { (transport, _) async throws in
      #expect(await transport.failure(Self.request())?.code == .unauthorized)
    }
  }

  @Test(
    "answers that are none",
    arguments: [
      LoopbackReply.html(200), .text("{", type: "application/json"), .json([]), .json("x"), .json(Fixture.response(2)),
      .json(Fixture.error(-32603)), LoopbackReply(status: 202), LoopbackReply(status: 204),
      .json(["jsonrpc": "2.0", "id": "1", "result": [:]]), .json(["jsonrpc": "2.0", "id": 1.5, "result": [:]]),
    ])
  func nonsense(reply: LoopbackReply) async throws {
    try await Fixture.run({ _ in reply }) { (transport, _) async throws in
      #expect(await transport.failure(Self.request())?.code == .invalidResponse)
    }
  }

  @Test("a message that is too large")
  func tooLarge() async throws {
    let body = Array("{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {\"text\": \"".utf8)
    let flood = LoopbackReply(
      headers: [("Content-Type", "application/json")], body: body + [UInt8](repeating: 65, count: 1 << 20),
      delivery: .endless)
    try await Fixture.run({ _ in flood }) { (transport, _) async throws in
      #expect(await transport.failure(Self.request())?.code == .outputLimit)
    }
  }

  @Test("giving up closes the stream, which tells the server; what comes later reaches nobody")
  func cancel() async throws {
    let feed = LoopbackFeed()
    let stream = LoopbackReply(headers: [("Content-Type", "text/event-stream")], delivery: .feed(feed))
    try await Fixture.run({ request in request.text.contains("\"id\":2") ? .json(Fixture.response(2)) : stream }) {
      (transport, fixture) async throws in
      #expect(transport.announcesCancellation(.modern))
      feed.send(Fixture.event(Fixture.progress(1)))
      let task = Task { await transport.failure(Self.request(timeout: nil))?.code }
      await fixture.wait { $0.others.count == 1 }
      task.cancel()
      #expect(await task.value == .cancelled)
      feed.send(Fixture.event(Fixture.response()))
      feed.finish()
      #expect(try await transport.exchange(Self.request(2)) == Fixture.response(2))
      #expect(fixture.others.count == 1)
    }
  }

  @Test("a credential goes with every request, and only to its host")
  func credential() async throws {
    let bound = SecretStore([ToolSecret(name: "K", value: "v", bindings: [.host("127.0.0.1", port: nil)])])
    try await Fixture.run(
      credential: Credential(.bearer, secret: "K"), secrets: bound, { _ in .json(Fixture.response()) }
    ) { (transport, fixture) async throws in
      _ = try await transport.exchange(Self.request())
      #expect(fixture.requests.first?.header("Authorization") == "Bearer v")
    }
    let elsewhere = SecretStore([ToolSecret(name: "K", value: "v", bindings: [.host("example.com", port: nil)])])
    let error = await #expect(throws: SandboxError.self) {
      try await Fixture.run(credential: Credential(.bearer, secret: "K"), secrets: elsewhere, { _ in .html(200) }) {
        _, _ in
      }
    }
    #expect(error?.code == .denied)
  }

  @Test("closing ends who waits, and later requests at once")
  func close() async throws {
    try await Fixture.run({ _ in .silence }) { (transport, fixture) async throws in
      let task = Task { await transport.failure(Self.request()) }
      await fixture.wait { $0.requests.count == 1 }
      await transport.close()
      let error = await task.value
      #expect(error?.code == .unavailable)
      #expect(error?.isBeforeEffect == false)
      #expect(!transport.isUsable)
      #expect(await transport.failure()?.isBeforeEffect == true)
      await #expect(throws: SandboxError.self) { try await transport.send([:], version: .modern) }
      await transport.close()
      #expect(fixture.requests.count == 1)
    }
  }

  @Test("50 calls at the same time, each with its own answer")
  func concurrent() async throws {
    try await Fixture.run({ request in
      let id = (try? JSONValue(parsing: request.body))?["id"]?.intValue ?? -1
      let answer = Fixture.response(Int64(id), .int(Int64(id)))
      return id.isMultiple(of: 2) ? .json(answer) : Fixture.events(Fixture.event(answer))
    }) { (transport, _) async throws in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for id in Int64(1)...50 {
          group.addTask { try await transport.exchange(Self.request(id))["result"]?["text"] == .int(id) }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }
}
