import SandboxCore
import Synchronization

/// Answers HTTP requests as a function says, and remembers them.
final class FakeTransport: HTTPTransport {
  private let body: @Sendable (HTTPRequest, Int) throws(SandboxError) -> HTTPReply
  private let sent = Mutex<[HTTPRequest]>([])

  /// - Parameter body: gets the request and how many came before it.
  init(_ body: @escaping @Sendable (HTTPRequest, Int) throws(SandboxError) -> HTTPReply) { self.body = body }

  convenience init(_ replies: HTTPReply...) {
    self.init { _, index throws(SandboxError) in replies[min(index, replies.count - 1)] }
  }

  var requests: [HTTPRequest] { sent.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply {
    let index = sent.withLock { sent in
      sent.append(request)
      return sent.count - 1
    }
    return try body(request, index)
  }
}

extension HTTPReply {
  init(_ status: Int, _ text: String, headers: [HTTPHeader] = []) {
    self.init(status: status, headers: headers, body: Array(text.utf8))
  }

  static let fine = HTTPReply(
    200,
    #"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
  )
}
