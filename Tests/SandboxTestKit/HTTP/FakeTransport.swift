package import SandboxCore
import Synchronization

/// Answers HTTP requests as a function says, and remembers them.
package final class FakeTransport: HTTPTransport {
  private let body: @Sendable (HTTPRequest, Int) throws(SandboxError) -> HTTPReply
  private let sent = Mutex<[HTTPRequest]>([])

  /// - Parameter body: gets the request and how many came before it.
  package init(_ body: @escaping @Sendable (HTTPRequest, Int) throws(SandboxError) -> HTTPReply) { self.body = body }

  package convenience init(_ replies: HTTPReply...) {
    self.init { _, index throws(SandboxError) in replies[min(index, replies.count - 1)] }
  }

  package var requests: [HTTPRequest] { sent.withLock { $0 } }

  package func send(_ request: HTTPRequest) async throws(SandboxError) -> HTTPReply {
    let index = sent.withLock { sent in
      sent.append(request)
      return sent.count - 1
    }
    return try body(request, index)
  }
}
