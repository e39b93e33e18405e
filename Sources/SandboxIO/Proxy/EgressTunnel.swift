internal import NIOCore

/// Bytes both ways between a client and a host, until both directions have ended or one has failed. The end of one
/// direction is passed on, and the other goes on.
struct EgressTunnel: Sendable {
  private static let established = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")

  let client: EgressChannel
  let host: EgressChannel
  let flow: EgressFlow

  func run(_ reader: inout EgressReader, _ toClient: EgressWriter) async throws {
    try await host.executeThenClose { fromHost, toHost in
      try await toClient.write(Self.established)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await down(fromHost, toClient) }
        var isTaken = true
        while isTaken, let chunk = try await reader.next() { isTaken = await flow.send(chunk, toHost) }
        if isTaken { try? await host.finishOutput() }
        try await group.waitForAll()
        if !isTaken { try await flow.linger(&reader) }
      }
    }
  }

  private func down(_ fromHost: NIOAsyncChannelInboundStream<ByteBuffer>, _ toClient: EgressWriter) async throws {
    do {
      for try await chunk in fromHost {
        flow.receive(chunk)
        try await flow.deliver(chunk, toClient)
      }
      try await client.finishOutput()
    } catch {
      // The other direction waits for the client, which has no reason to say anything.
      flow.watch.stop()
      throw error
    }
  }
}
