package import SandboxCore
import Synchronization

/// One conversation with an MCP server over one transport, from the handshake to the end. It never comes back: a server
/// that was lost gets another session.
package final class MCPSession: Sendable {
  struct State {
    var agreement: MCPAgreement?
    var lastID: Int64 = 0
    /// Who wants to know of the progress of which request.
    var progress: [Int64: MCPProgressWatch] = [:]
    var counts = MCPCounts()
  }

  package let transport: any MCPTransport
  /// The server's id, for messages.
  let name: String
  let client: MCPClientInfo
  let time: TimeSource
  /// Called when the server says that its list of tools has changed; returns at once.
  let onToolsChanged: @Sendable () -> Void
  let state = Mutex(State())
  private let background = BackgroundWork()
  /// Replies and notifications that a task of its own sends, so that neither the transport's thread nor a call that was
  /// cancelled waits for them. What a flood leaves no room for is dropped.
  let outbox: AsyncStream<JSONValue>.Continuation
  private let outgoing: AsyncStream<JSONValue>

  package init(
    _ transport: any MCPTransport, name: String, client: MCPClientInfo = .runtime, time: TimeSource = .system,
    onToolsChanged: @escaping @Sendable () -> Void = {}
  ) {
    self.transport = transport
    self.name = name
    self.client = client
    self.time = time
    self.onToolsChanged = onToolsChanged
    (outgoing, outbox) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(64))
  }

  deinit { outbox.finish() }

  package var agreement: MCPAgreement? { state.withLock { $0.agreement } }
  package var counts: MCPCounts { state.withLock { $0.counts } }

  /// Starts the transport and agrees on a revision. Cancelling gives up soon; ``close()`` is due in any case.
  ///
  /// - Throws: what the transport throws; `.unsupported` when there is no revision that both know; `.invalidResponse`
  ///   for an answer that is none.
  package func start(_ era: MCPServerSpec.Era) async throws(SandboxError) {
    try await transport.start { [weak self] in self?.receive($0) }
    background.start { [outgoing, transport, weak self] in
      for await message in outgoing { try? await transport.send(message, version: self?.agreement?.version) }
    }
    let agreement = try await agree(era)
    state.withLock { $0.agreement = agreement }
    if agreement.version.isModern {
      if agreement.announcesToolChanges { subscribe(agreement.version) }
    } else {
      try await transport.send(
        ["jsonrpc": "2.0", "method": "notifications/initialized"], version: agreement.version)
    }
  }

  /// Ends the session in at most 4.5 s. Requests that wait fail. May be called more than once.
  package func close() async {
    outbox.finish()
    background.cancel()
    await transport.close()
    await background.wait()
  }

  /// Asks a modern server to say when its tools change. Whether it does is its own affair: nothing depends on it.
  private func subscribe(_ version: MCPVersion) {
    background.start { [weak self] in
      _ = try? await self?.request(
        "subscriptions/listen", ["notifications": ["toolsListChanged": true]], version: version)
    }
  }
}
