import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct APIExecutorTests {
  private func run(
    _ spec: APISpec, _ transport: FakeTransport, arguments: JSONValue = [:], effect: ToolEffect = .pure,
    secrets: SecretStore = .empty
  ) async throws -> ToolOutput {
    let definition = ToolDefinition(
      id: ToolID("api"), description: "", category: "research", parameters: ["type": "object"], effect: effect)
    return try await APIExecutor(spec, transport: transport, secrets: secrets, session: SessionID("s1")).execute(
      ToolInvocation(
        callID: CallID("c1"), taskID: .root, agentID: .meta, definition: definition, arguments: arguments, attempt: 1,
        timeout: .seconds(7)))
  }

  private func error(_ reply: HTTPReply) async -> SandboxError? {
    let transport = FakeTransport { _, _ in reply }
    return await #expect(throws: SandboxError.self) { try await run(APISpec(url: "https://h/"), transport) }
  }

  @Test func jsonIsTheResultAndItsPartWhenAPointerSaysSo() async throws {
    let transport = FakeTransport(.json(["data": ["items": [1, 2]], "x": 9_007_199_254_740_993]))
    #expect(
      try await run(APISpec(url: "https://h/"), transport).text
        == #"{"data":{"items":[1,2]},"x":9007199254740993}"#)
    let spec = APISpec(url: "https://h/", response: .init(pointer: try JSONPointer("/data/items"), maximumBytes: 99))
    #expect(try await run(spec, transport).text == "[1,2]")
    #expect(try await run(spec, transport).whole == WholeOutput("[1,2]", isJSON: true), "to be kept if long")
    #expect(transport.requests.last?.maximumReplyBytes == 99)
    #expect(transport.requests.last?.timeout == .seconds(7))
  }

  @Test func textStaysTextAndEmptyStaysEmpty() async throws {
    let text = FakeTransport { _, _ in
      HTTPReply(status: 200, headers: [HTTPHeader("content-type", "text/csv")], body: Array("a,b".utf8))
    }
    #expect(try await run(APISpec(url: "https://h/"), text).text == "a,b")
    #expect(try await run(APISpec(url: "https://h/"), text).whole == WholeOutput("a,b"))
    let empty = FakeTransport { _, _ in HTTPReply(status: 204) }
    #expect(try await run(APISpec(url: "https://h/"), empty).text == "")
    let spec = APISpec(url: "https://h/", response: .init(format: .json))
    let error = await #expect(throws: SandboxError.self) { try await run(spec, text) }
    #expect(error?.code == .invalidResponse)
    #expect(error?.message.contains("a,b") == true)
  }

  @Test(
    arguments: [
      (400, SandboxError.Code.rejected, SandboxError.Retry.never), (401, .unauthorized, .never),
      (403, .unauthorized, .never), (404, .rejected, .never), (408, .unavailable, .backoff),
      (429, .rateLimited, .backoff),
      (500, .unavailable, .backoff), (503, .unavailable, .backoff), (302, .invalidResponse, .never),
    ])
  func statuses(_ status: Int, _ code: SandboxError.Code, _ retry: SandboxError.Retry) async {
    let error = await error(HTTPReply(status: status, body: Array("no \u{1b}[31mway".utf8)))
    #expect(error?.code == code)
    #expect(error?.retry == retry)
    #expect(error?.message == "API request failed: \(status) - no \u{fffd}[31mway")
  }

  @Test(
    arguments: [
      ("7", SandboxError.Retry.after(.seconds(7))), ("-1", .backoff), ("1000000000", .after(.seconds(86_400))),
      ("soon", .backoff), ("Wed, 21 Oct 2015 07:28:00 GMT", .backoff),
    ])
  func theServerSaysWhen(_ header: String, _ retry: SandboxError.Retry) async {
    #expect(await error(HTTPReply(status: 429, headers: [HTTPHeader("Retry-After", header)]))?.retry == retry)
  }

  @Test func aLongErrorIsCut() async {
    let error = await error(HTTPReply(status: 400, body: Array(repeating: 0x61, count: 1 << 20)))
    #expect((error?.message.utf8.count ?? 0) < 2200)
  }

  @Test(
    arguments: [
      (Credential.Kind.bearer, HTTPHeader("Authorization", "Bearer user:pass-word")),
      (.raw, HTTPHeader("Authorization", "user:pass-word")),
      (.basic, HTTPHeader("Authorization", "Basic dXNlcjpwYXNzLXdvcmQ=")),
      (.apiKey(header: "X-API-Key"), HTTPHeader("X-API-Key", "user:pass-word")),
    ])
  func credentials(_ kind: Credential.Kind, _ header: HTTPHeader) async throws {
    let secrets = SecretStore([
      ToolSecret(name: "K", value: "user:pass-word", bindings: [.host("h.example", port: nil)])
    ])
    let transport = FakeTransport(.json(1))
    // What an argument puts there does not stand beside the credential.
    let spec = APISpec(
      url: "https://h.example/", headers: [.init("authorization", .literal("mine"))],
      credential: Credential(kind, secret: "K"))
    _ = try await run(spec, transport, secrets: secrets)
    let sent = transport.requests.flatMap(\.headers).filter { $0.name.lowercased() == header.name.lowercased() }
    #expect(sent == [header])
  }

  @Test func aSecretGoesNowhereElse() async throws {
    let bindings: [[ToolSecret.Binding]] = [
      [], [.host("other.example", port: nil)], [.host("h.example", port: 8443)], [.domain("h.example", port: nil)],
      [.tool("api")],
    ]
    for binding in bindings {
      let transport = FakeTransport(.json(1))
      let secrets = SecretStore([ToolSecret(name: "K", value: "very-secret", bindings: binding)])
      let spec = APISpec(url: "https://h.example/", credential: Credential(.bearer, secret: "K"))
      let error = await #expect(throws: SandboxError.self) { try await run(spec, transport, secrets: secrets) }
      #expect(error?.code == .denied)
      #expect(error?.isBeforeEffect == true)
      #expect(error?.message.contains("very-secret") == false)
      #expect(transport.requests.isEmpty)
    }
    let transport = FakeTransport(.json(1))
    let spec = APISpec(url: "https://h.example/", credential: Credential(.bearer, secret: "MISSING"))
    let error = await #expect(throws: SandboxError.self) { try await run(spec, transport) }
    #expect(error?.code == .unauthorized)
    #expect(transport.requests.isEmpty)
  }

  @Test func aKeyInTheQueryAndAnIdempotencyKey() async throws {
    let secrets = SecretStore([ToolSecret(name: "K", value: "a+b/c=", bindings: [.domain("example.com", port: nil)])])
    let transport = FakeTransport(.json(1))
    let spec = APISpec(
      method: "GET", url: "https://x.example.com/p", query: [.init("q", .argument("q"))], body: .none,
      credential: Credential(.queryKey(parameter: "key"), secret: "K"))
    _ = try await run(spec, transport, arguments: ["q": "1"], effect: .keyed, secrets: secrets)
    #expect(transport.requests.map(\.url) == ["https://x.example.com/p?q=1&key=a%2Bb%2Fc%3D"])
    #expect(transport.requests.first?.headers.contains(HTTPHeader("Idempotency-Key", "s1-c1")) == true)
  }
}
