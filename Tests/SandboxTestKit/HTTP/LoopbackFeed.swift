/// A reply's body that a test makes up as it goes.
package final class LoopbackFeed: Sendable {
  let chunks: AsyncStream<[UInt8]>
  private let continuation: AsyncStream<[UInt8]>.Continuation

  package init() { (chunks, continuation) = AsyncStream.makeStream() }

  package func send(_ text: String) { continuation.yield(Array(text.utf8)) }

  package func send(_ bytes: [UInt8]) { continuation.yield(bytes) }

  /// Closes the connection after what has been sent.
  package func finish() { continuation.finish() }
}

extension LoopbackFeed: Hashable {
  package static func == (a: LoopbackFeed, b: LoopbackFeed) -> Bool { a === b }

  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
