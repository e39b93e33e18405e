/// What a ``LoopbackServer`` does with a request.
package struct LoopbackReply: Sendable {
  package enum Delivery: Sendable, Hashable {
    case complete
    /// Declares the whole body, sends so many bytes of it, and closes.
    case cutBody(after: Int)
    /// Sends the body in pieces of so many bytes with a pause between them.
    case slow(chunk: Int, pause: Duration)
    /// Closes the connection without a byte.
    case close
    /// Resets the connection (TCP RST) without a byte.
    case reset
    /// Sends `body` as it is, without status line and headers, and closes.
    case raw
    /// Sends what the test feeds, until it is finished, and closes.
    case feed(LoopbackFeed)
    /// Sends the body again and again.
    case endless
    /// Keeps the connection open and says nothing.
    case silence
  }

  package var status: Int
  package var headers: [(String, String)]
  package var body: [UInt8]
  package var delivery: Delivery
  /// Before anything is sent.
  package var delay: Duration

  package init(
    status: Int = 200, headers: [(String, String)] = [], body: [UInt8] = [], delivery: Delivery = .complete,
    delay: Duration = .zero
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.delivery = delivery
    self.delay = delay
  }

  package static func text(_ text: String, status: Int = 200, type: String = "text/plain") -> LoopbackReply {
    LoopbackReply(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
  }

  package static func html(_ status: Int) -> LoopbackReply {
    text("<html><body><h1>\(status)</h1></body></html>", status: status, type: "text/html")
  }

  package static let close = LoopbackReply(delivery: .close)
  package static let reset = LoopbackReply(delivery: .reset)
  package static let silence = LoopbackReply(delivery: .silence)
  package static let garbage = LoopbackReply(body: Array("\u{1}\u{2}SSH-2.0-not-http\r\n\r\n".utf8), delivery: .raw)
}

extension LoopbackReply: CustomStringConvertible {
  package var description: String { "\(status), \(body.count) bytes, \(delivery)" }
}
