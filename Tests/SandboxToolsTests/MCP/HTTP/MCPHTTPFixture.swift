import SandboxCore
import SandboxIO
import SandboxTestKit
import Synchronization

@testable import SandboxTools

/// A scripted MCP server over HTTP, and a transport that knows it.
final class MCPHTTPFixture: Sendable {
  private let seen = Mutex<[LoopbackRequest]>([])
  private let inbound = Mutex<[JSONValue]>([])
  private let changed = ChangeSignal()

  /// What the server was sent.
  var requests: [LoopbackRequest] { seen.withLock { $0 } }
  /// What came beside responses.
  var others: [JSONValue] { inbound.withLock { $0 } }

  static func run(
    headers: [HTTPHeader] = [], credential: Credential? = nil, secrets: SecretStore = .empty,
    _ answer: @escaping @Sendable (LoopbackRequest) -> LoopbackReply,
    _ body: (MCPHTTPTransport, MCPHTTPFixture) async throws -> Void
  ) async throws {
    let fixture = MCPHTTPFixture()
    try await LoopbackServer.run({ request in
      fixture.seen.withLock { $0.append(request) }
      fixture.changed.notify()
      return answer(request)
    }) { server in
      try await AsyncHTTPTransport.withTransport { http in
        let guarded = GuardedTransport(http, policy: try AddressPolicy(parsing: "127.0.0.1"))
        let transport = try MCPHTTPTransport(
          guarded, url: "\(server.url)/mcp", headers: headers, credential: credential, secrets: secrets)
        try await transport.start { message in
          fixture.inbound.withLock { $0.append(message) }
          fixture.changed.notify()
        }
        do { try await body(transport, fixture) } catch {
          await transport.close()
          throw error
        }
        await transport.close()
      }
    }
  }

  /// Returns when the condition holds; the test's own time limit ends a wait in vain.
  func wait(until condition: (MCPHTTPFixture) -> Bool) async {
    while !Task.isCancelled {
      let generation = changed.generation
      if condition(self) { return }
      await changed.wait(after: generation)
    }
  }

  // MARK: Messages

  static func request(
    _ id: Int64 = 1, _ method: String = "tools/call", _ params: JSONObject = ["name": "echo"],
    _ version: MCPVersion? = .legacy, parameters: [HTTPHeader] = [], timeout: Duration? = .seconds(30)
  ) -> MCPRequest {
    MCPRequest(
      id: id, method: method, params: params, version: version, parameters: parameters, timeout: timeout)
  }

  static let initialize = request(0, "initialize", ["protocolVersion": "2025-11-25"], nil)

  static func response(_ id: Int64 = 1, _ text: JSONValue = "done") -> JSONValue {
    ["jsonrpc": "2.0", "id": .int(id), "result": ["text": text]]
  }

  static func error(_ code: Int64, id: JSONValue = .null) -> JSONValue {
    ["jsonrpc": "2.0", "id": id, "error": ["code": .int(code), "message": "scripted"]]
  }

  static func progress(_ number: Int64) -> JSONValue {
    ["jsonrpc": "2.0", "method": "notifications/progress", "params": ["progress": .int(number)]]
  }

  /// As the Python server writes its streams.
  static func event(_ message: JSONValue?, id: String? = nil) -> String {
    (id.map { "id: \($0)\r\n" } ?? "") + "event: message\r\ndata: \(message?.text() ?? "")\r\n\r\n"
  }

  static func events(_ text: String, headers: [(String, String)] = []) -> LoopbackReply {
    LoopbackReply(headers: [("Content-Type", "text/event-stream")] + headers, body: Array(text.utf8))
  }

  static let accepted = LoopbackReply(status: 202)

  /// A legacy server with a session: says how it answers `tools/call` and `GET`.
  static func legacy(
    get: @escaping @Sendable (LoopbackRequest) -> LoopbackReply = { _ in LoopbackReply(status: 405) },
    _ call: @escaping @Sendable (LoopbackRequest) -> LoopbackReply
  ) -> @Sendable (LoopbackRequest) -> LoopbackReply {
    { request in
      switch request.method {
      case "GET": return get(request)
      case "DELETE": return LoopbackReply(status: 200)
      default:
        let message = try? JSONValue(parsing: request.body)
        switch message?["method"]?.stringValue {
        case "initialize":
          return events(event(response(0)), headers: [("mcp-session-id", "s-1")])
        case "tools/call": return call(request)
        default: return accepted
        }
      }
    }
  }
}

extension MCPHTTPTransport {
  /// The legacy handshake.
  func initialize() async throws(SandboxError) {
    _ = try await exchange(MCPHTTPFixture.initialize)
    try await send(["jsonrpc": "2.0", "method": "notifications/initialized"], version: .legacy)
  }

  /// The code of the error of an exchange that must fail.
  func failure(_ request: MCPRequest = MCPHTTPFixture.request()) async -> SandboxError? {
    do throws(SandboxError) {
      _ = try await exchange(request)
      return nil
    } catch { return error }
  }
}
