import SandboxCore
import Synchronization

/// Answers requests by a closure and keeps them.
final class RecordingTransport: HTTPTransport {
  private let recorded = Mutex<[HTTPRequest]>([])
  private let answer: @Sendable (HTTPRequest, Int) throws(SandboxError) -> HTTPReply

  /// - Parameter answer: gets the request and its number, from 0.
  init(_ answer: @escaping @Sendable (HTTPRequest, Int) throws(SandboxError) -> HTTPReply) { self.answer = answer }

  convenience init(json: JSONValue) { self.init { _, _ in .json(json) } }

  var requests: [HTTPRequest] { recorded.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply {
    let number = recorded.withLock { requests in
      requests.append(request)
      return requests.count - 1
    }
    return try answer(request, number)
  }
}

extension HTTPReply {
  static func json(_ value: JSONValue, status: Int = 200, headers: [HTTPHeader] = []) -> HTTPReply {
    HTTPReply(
      status: status, headers: [HTTPHeader("Content-Type", "application/json; charset=utf-8")] + headers,
      body: value.utf8(.compact))
  }
}
