import SandboxCore
import SandboxTestKit
import Synchronization
import Testing

@testable import SandboxTools

@Suite struct APIPagesTests {
  private func run(_ pagination: APISpec.Pagination, _ transport: FakeTransport) async throws -> JSONValue {
    let spec = APISpec(
      method: "GET", url: "https://h/list", body: .none,
      response: .init(pointer: try JSONPointer("/items")), pagination: pagination)
    let definition = ToolDefinition(
      id: ToolID("api"), description: "", category: "research", parameters: ["type": "object"], effect: .pure)
    let output = try await APIExecutor(spec, transport: transport, secrets: .empty, session: SessionID("s")).execute(
      ToolInvocation(
        callID: CallID("c"), taskID: .root, agentID: .meta, definition: definition, arguments: [:], attempt: 1,
        timeout: .seconds(5)))
    return try JSONValue(parsing: output.text)
  }

  private static func page(_ items: [JSONValue], next: JSONValue = nil) -> HTTPReply {
    .json(["items": .array(items), "next": next])
  }

  @Test func cursors() async throws {
    let transport = FakeTransport { _, number in
      number < 2 ? Self.page([.int(Int64(number))], next: .string("c\(number)&")) : Self.page([9])
    }
    let style = APISpec.Pagination.Style.cursor(parameter: "after", pointer: try JSONPointer("/next"))
    #expect(try await run(.init(style: style), transport) == ["items": [0, 1, 9], "pages": 3, "truncated": false])
    #expect(
      transport.requests.map(\.url) == ["https://h/list", "https://h/list?after=c0%26", "https://h/list?after=c1%26"])
  }

  @Test func pageNumbersAndOffsets() async throws {
    let numbered = FakeTransport { _, number in Self.page(number < 2 ? ["a", "b"] : []) }
    #expect(
      try await run(.init(style: .page(parameter: "p", first: 1)), numbered)
        == ["items": ["a", "b", "a", "b"], "pages": 3, "truncated": false])
    #expect(numbered.requests.map(\.url).last == "https://h/list?p=3")
    let offset = FakeTransport { _, number in Self.page(number < 1 ? ["a", "b"] : []) }
    _ = try await run(.init(style: .offset(parameter: "o")), offset)
    #expect(offset.requests.map(\.url) == ["https://h/list?o=0", "https://h/list?o=2"])
  }

  @Test func boundsAreSaid() async throws {
    let transport = FakeTransport { _, _ in Self.page([1, 2, 3]) }
    #expect(
      try await run(.init(style: .page(parameter: "p", first: 0), maximumPages: 2), transport)
        == ["items": [1, 2, 3, 1, 2, 3], "pages": 2, "truncated": true])
    #expect(
      try await run(.init(style: .page(parameter: "p", first: 0), maximumItems: 4), transport)
        == ["items": [1, 2, 3, 1], "pages": 2, "truncated": true])
  }

  @Test func aCircleEnds() async throws {
    let transport = FakeTransport { _, _ in Self.page([1], next: "same") }
    let style = APISpec.Pagination.Style.cursor(parameter: "c", pointer: try JSONPointer("/next"))
    let error = await #expect(throws: SandboxError.self) {
      _ = try await run(.init(style: style), transport)
    }
    #expect(error?.code == .invalidResponse)
    #expect(transport.requests.count == 2)
  }

  @Test func linksStayWithTheHost() async throws {
    func transport(_ target: String) -> FakeTransport {
      FakeTransport { _, number in
        .json(["items": [1]], headers: number == 0 ? [HTTPHeader("Link", "<\(target)>; rel=\"next\"")] : [])
      }
    }
    for target in ["https://h/list?page=2", "/list?page=2", "?page=2", "https://H:443/list?page=2"] {
      let same = transport(target)
      #expect(try await run(.init(style: .link), same) == ["items": [1, 1], "pages": 2, "truncated": false])
      #expect(same.requests.last?.url == "https://h/list?page=2")
    }
    for target in ["https://evil/list", "http://h/list", "https://h:444/list", "https://h@evil/", "//evil/list"] {
      let other = transport(target)
      let error = await #expect(throws: SandboxError.self) { try await run(.init(style: .link), other) }
      #expect(error?.code == .invalidResponse)
      #expect(other.requests.count == 1)
    }
  }

  @Test func aPageMustBeAList() async throws {
    let transport = FakeTransport(.json(["items": ["a": 1]]))
    let error = await #expect(throws: SandboxError.self) { try await run(.init(style: .link), transport) }
    #expect(error?.message.contains("not a list but object") == true)
  }

  /// Each page counts for the session's calls per minute, the first with the call itself.
  @Test func eachPageIsAdmitted() async throws {
    let transport = FakeTransport { _, number in Self.page(number < 3 ? ["a"] : []) }
    let admitted = Mutex<[Int]>([])
    let spec = APISpec(
      method: "GET", url: "https://h/list", body: .none, response: .init(pointer: try JSONPointer("/items")),
      pagination: .init(style: .page(parameter: "p", first: 1)))
    let definition = ToolDefinition(
      id: ToolID("api"), description: "", category: "research", parameters: ["type": "object"], effect: .pure)
    let invocation = ToolInvocation(
      callID: CallID("c"), taskID: .root, agentID: .meta, definition: definition, arguments: [:], attempt: 1,
      timeout: .seconds(5),
      admitRequest: { () throws(SandboxError) in
        let sent = transport.requests.count
        admitted.withLock { $0.append(sent) }
        if sent == 3 { throw SandboxError(.cancelled, "stopped") }
      })
    let error = await #expect(throws: SandboxError.self) {
      try await APIExecutor(spec, transport: transport, secrets: .empty, session: SessionID("s")).execute(invocation)
    }
    #expect(error?.code == .cancelled)
    #expect(admitted.withLock { $0 } == [1, 2, 3])
    #expect(transport.requests.count == 3)
  }
}
