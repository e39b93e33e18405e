internal import NIOCore

/// What the two directions of a connection have in common: the grant that counts bytes and the watch for silence.
struct EgressFlow: Sendable {
  let grant: EgressGrant
  let watch: EgressWatch

  /// - Returns: whether it was taken. When not, the host may still have said something that is on its way to the client.
  func send(_ bytes: ByteBuffer, _ host: EgressWriter) async -> Bool {
    guard bytes.readableBytes > 0 else { return true }
    watch.touch()
    guard (try? await host.write(bytes)) != nil else { return false }
    watch.touch()
    grant.record { $0.send(bytes.readableBytes) }
    return true
  }

  func receive(_ bytes: ByteBuffer) {
    watch.touch()
    grant.record { $0.receive(bytes.readableBytes) }
  }

  /// The end of what a client needs to be waited for: it has some time to take the last bytes and to close. Closing while
  /// something of the client's is unread would take them from it.
  func linger(_ reader: inout EgressReader) async throws {
    watch.limit(grant.limits.linger)
    while try await reader.next() != nil {}
  }

  func deliver(_ bytes: ByteBuffer, _ client: EgressWriter) async throws {
    guard bytes.readableBytes > 0 else { return }
    try await client.write(bytes)
    watch.touch()
  }
}
