internal import NIOCore

/// What a connection brings, first as the head of a message and then as it comes.
struct EgressReader {
  private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private var rest: ByteBuffer?

  /// - Parameter stream: which nobody else reads.
  init(_ stream: NIOAsyncChannelInboundStream<ByteBuffer>) { iterator = stream.makeAsyncIterator() }

  /// Nil when the other side has sent everything.
  mutating func next() async throws -> ByteBuffer? {
    if let rest {
      self.rest = nil
      return rest
    }
    return try await iterator.next()
  }

  /// Everything up to and including the first empty line; nil when the other side ends before it.
  ///
  /// - Throws: 431 when it does not come within `limit` bytes, and 400 as soon as there is a byte that no head has: it
  ///   need not be waited for the end of something else than HTTP.
  mutating func head(limit: Int) async throws -> [UInt8]? {
    var head: [UInt8] = []
    while var chunk = try await next() {
      while let byte = chunk.readInteger(as: UInt8.self) {
        guard byte >= 0x20 && byte != 0x7F || byte == 0x0D || byte == 0x0A || byte == 0x09 else {
          throw EgressRefusal.badRequest("this is a proxy for HTTP/1.1, and got something else")
        }
        guard head.count < limit else { throw EgressRefusal.headTooLarge }
        head.append(byte)
        if byte == 0x0A, head.suffix(4).elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) {
          rest = chunk.readableBytes > 0 ? chunk : nil
          return head
        }
      }
    }
    return nil
  }
}
