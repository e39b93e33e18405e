internal import NIOCore

/// One request that is not a tunnel, and its reply: heads are rewritten, bodies pass through as they come.
struct EgressExchange: Sendable {
  let client: EgressChannel
  let host: EgressChannel
  let request: EgressRequest
  let destination: EgressDestination
  let flow: EgressFlow

  /// Returns when the reply has been delivered and the client has closed, or was given the time to.
  func run(_ reader: inout EgressReader, _ toClient: EgressWriter) async throws {
    try await host.executeThenClose { fromHost, toHost in
      let body = try request.body()
      _ = await flow.send(ByteBuffer(bytes: try request.forwarded(to: destination)), toHost)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await down(fromHost, toClient) }
        try await up(body, &reader, toHost)
        try await group.waitForAll()
      }
    }
  }

  /// Until the client ends. What comes after the body is dropped: the next request of a client that does not wait for
  /// replies would show its credentials to the host.
  private func up(_ body: EgressBody, _ reader: inout EgressReader, _ toHost: EgressWriter) async throws {
    var body = body
    var isTaken = true
    while var chunk = try await reader.next() {
      let part: ByteBuffer
      // No reply of the proxy's own: the host's may be on its way.
      do { part = try body.take(&chunk) } catch { throw CancellationError() }
      // A host may reply, and close, before it has all of a body.
      if isTaken { isTaken = await flow.send(part, toHost) }
    }
    guard body.mayEnd else { throw CancellationError() }
  }

  private func down(_ fromHost: NIOAsyncChannelInboundStream<ByteBuffer>, _ toClient: EgressWriter) async throws {
    do {
      do {
        try await reply(fromHost, toClient)
      } catch let refusal as EgressRefusal {
        try await toClient.write(ByteBuffer(bytes: refusal.reply))
      }
      try await client.finishOutput()
      flow.watch.limit(flow.grant.limits.linger)
    } catch {
      flow.watch.stop()
      throw error
    }
  }

  /// - Throws: ``EgressRefusal`` while nothing of the reply has been delivered.
  private func reply(_ fromHost: NIOAsyncChannelInboundStream<ByteBuffer>, _ toClient: EgressWriter) async throws {
    var reader = EgressReader(fromHost)
    var reply: EgressReply
    repeat {
      reply = try await replyHead(&reader)
      if reply.isInterim && request.speaksOldVersion { continue }
      try await flow.deliver(ByteBuffer(bytes: reply.forwarded), toClient)
    } while reply.isInterim
    var body = reply.body(to: request.method)
    while !body.isComplete, var chunk = try await reader.next() {
      flow.receive(chunk)
      let part: ByteBuffer
      do { part = try body.take(&chunk) } catch { throw CancellationError() }
      try await flow.deliver(part, toClient)
    }
    guard body.mayEnd else { throw CancellationError() }
  }

  private func replyHead(_ reader: inout EgressReader) async throws -> EgressReply {
    let bytes: [UInt8]?
    do {
      bytes = try await reader.head(limit: flow.grant.limits.headBytes)
    } catch {
      try Task.checkCancellation()
      throw EgressReply.invalid(destination)
    }
    guard let bytes else { throw EgressRefusal.badGateway("\(destination) closed the connection without a reply") }
    flow.receive(ByteBuffer(bytes: bytes))
    return try EgressReply(bytes, from: destination)
  }
}
