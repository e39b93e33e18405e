internal import NIOCore
internal import SandboxCore

/// One connection of a client, from its first byte to its end.
struct EgressConnection: Sendable {
  let client: EgressChannel
  let table: EgressGrantTable
  let connector: EgressConnector
  let limits: EgressLimits
  let watch: EgressWatch

  /// Returns when the connection is closed. Cancelling closes it, as does the watch.
  func run() async {
    guard let seat = EgressSeat(table, limit: limits.strangers) else {
      try? await client.executeThenClose { _, _ in }
      return
    }
    defer { seat.leave() }
    await withTaskGroup(of: Void.self) { group in
      // A broken connection is its own matter.
      group.addTask { try? await serve(seat) }
      group.addTask { await watch.untilOver() }
      await group.next()
      group.cancelAll()
    }
  }

  private func serve(_ seat: EgressSeat) async throws {
    try await client.executeThenClose { fromClient, toClient in
      var reader = EgressReader(fromClient)
      do {
        guard let head = try await reader.head(limit: limits.headBytes) else { return }
        try await answer(try EgressRequest(EgressHead(head)), seat, &reader, toClient)
      } catch let refusal as EgressRefusal {
        watch.limit(limits.linger)
        try await toClient.write(ByteBuffer(bytes: refusal.reply))
        try await client.finishOutput()
        // Closing while something is unread would take the reply from the client.
        while try await reader.next() != nil {}
      }
    }
  }

  private func answer(
    _ request: EgressRequest, _ seat: EgressSeat, _ reader: inout EgressReader, _ toClient: EgressWriter
  ) async throws {
    let grant: EgressGrant
    let destination: EgressDestination
    let host: EgressChannel
    do {
      guard let known = request.credentials.flatMap(table.grant(for:)) else { throw EgressRefusal.unauthorized }
      try seat.take(known, watch)
      watch.limit(limits.idleTimeout)
      grant = known
      destination = try request.destination()
      // Before anybody is connected to.
      if !request.isTunnel { _ = try request.body() }
      host = try await connect(to: destination, grant)
    } catch var refusal as EgressRefusal {
      refusal.hasBody = request.method != "HEAD"
      throw refusal
    }
    let flow = EgressFlow(grant: grant, watch: watch)
    if request.isTunnel {
      try await EgressTunnel(client: client, host: host, flow: flow).run(&reader, toClient)
    } else {
      try await EgressExchange(client: client, host: host, request: request, destination: destination, flow: flow)
        .run(&reader, toClient)
    }
  }

  private func connect(to destination: EgressDestination, _ grant: EgressGrant) async throws -> EgressChannel {
    do {
      try grant.check(destination)
      let host = try await connector.connect(to: destination)
      grant.record { $0.connect(to: destination.description, limit: limits.hosts) }
      return host
    } catch let refusal as EgressRefusal {
      if refusal.status == 403 { grant.record { $0.refuse(destination.description, limit: limits.refusals) } }
      throw refusal
    }
  }
}
