internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import SandboxCore

/// Connects to destinations that a grant allows: one look-up, every address of the answer judged as a number, and the
/// connection goes to an address of that answer.
struct EgressConnector: Sendable {
  let group: any EventLoopGroup
  let policy: AddressPolicy
  let resolver: any AddressResolver
  let limit: Duration
  let time: TimeSource

  /// - Throws: ``EgressRefusal`` (403 for what the policy forbids, 502, 504), `CancellationError`.
  func connect(to destination: EgressDestination) async throws -> EgressChannel {
    let start = time.monotonic()
    let addresses = try await addresses(of: destination)
    var problem = EgressRefusal.badGateway("\(destination.host) has no address")
    for (index, address) in addresses.enumerated() {
      let left = limit - (time.monotonic() - start)
      guard left > .zero else { throw EgressRefusal.late(destination) }
      do {
        return try await connect(to: address, destination.port, within: left / (addresses.count - index))
      } catch {
        try Task.checkCancellation()
        problem = Self.refusal(error, destination)
      }
    }
    throw problem
  }

  private func addresses(of destination: EgressDestination) async throws -> [IPAddress] {
    if let address = destination.address {
      guard policy.allows(address) else { throw EgressRefusal.privateAddress(destination) }
      return [address]
    }
    guard policy.allowsLookup(of: destination.host, byProxy: false) else {
      throw EgressRefusal.privateName(destination)
    }
    let addresses: [IPAddress]?
    do throws(SandboxError) {
      addresses = try await time.withLimit(limit, "the look-up") { () throws(SandboxError) in
        try await policy.allowedAddresses(of: destination.host, by: resolver)
      }
    } catch {
      try Task.checkCancellation()
      throw error.code == .timeout ? EgressRefusal.late(destination) : .badGateway(error.message)
    }
    guard let addresses else { throw EgressRefusal.privateAddress(destination) }
    return addresses
  }

  private func connect(to address: IPAddress, _ port: Int, within limit: Duration) async throws -> EgressChannel {
    let pending = EgressPendingChannel()
    let target = try SocketAddress(ipAddress: address.description, port: port)
    return try await withTaskCancellationHandler {
      try await ClientBootstrap(group: group)
        .connectTimeout(.nanoseconds(max(1, limit.milliseconds) * 1_000_000))
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(to: target) { channel in
          channel.eventLoop.makeCompletedFuture {
            let wrapped = try EgressChannel.wrap(channel)
            // Not before: a closed channel cannot be wrapped.
            pending.hold(channel)
            return wrapped
          }
        }
    } onCancel: {
      pending.close()
    }
  }

  private static func refusal(_ error: any Error, _ destination: EgressDestination) -> EgressRefusal {
    if case ChannelError.connectTimeout = error { return .late(destination) }
    let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? String(describing: error)
    return .badGateway("\(destination) cannot be connected to: \(reason.excerpt())")
  }
}
