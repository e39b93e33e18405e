/// The chunks of a body, each asked for when the reader is ready for it. Can be read once, by one task.
package struct HTTPBody: AsyncSequence, Sendable {
  package typealias Failure = SandboxError
  /// The next chunk; nil at the end.
  package typealias Next = () async throws(SandboxError) -> [UInt8]?

  package struct Iterator: AsyncIteratorProtocol {
    let chunk: Next

    package mutating func next() async throws(SandboxError) -> [UInt8]? { try await chunk() }
  }

  private let start: @Sendable () -> Next

  /// - Parameter start: called once for each reader.
  package init(_ start: @escaping @Sendable () -> Next) { self.start = start }

  package func makeAsyncIterator() -> Iterator { Iterator(chunk: start()) }
}
