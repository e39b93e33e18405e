internal import NIOCore
internal import NIOPosix
internal import SandboxCore

/// The listening socket of a proxy with everything that came in through it.
struct EgressListener: Sendable {
  let port: Int
  private let group: MultiThreadedEventLoopGroup
  private let socket: any Channel
  private let clients: AsyncStream<EgressChannel>.Continuation
  private let serving = BackgroundWork()

  /// - Parameters:
  ///   - listening: nil for a port of its own on 127.0.0.1.
  ///   - connection: makes of a client's channel what serves it; other channels may be on the group that it gets.
  /// - Throws: what the system says against a socket on 127.0.0.1.
  init(
    on listening: ListeningSocket?,
    _ connection: @escaping @Sendable (EgressChannel, any EventLoopGroup) -> EgressConnection
  ) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // Not NIO's own stream of connections: a channel that is dropped from that unserved, as when it is cancelled, ends
    // the process.
    let (stream, clients) = AsyncStream.makeStream(of: EgressChannel.self)
    do {
      let bootstrap = ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 256)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { _ = clients.yield(try EgressChannel.wrap(channel)) }
        }
      if let listening {
        socket = try await bootstrap.withBoundSocket(try listening.duplicate()).get()
      } else {
        socket = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
      }
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    port = socket.localAddress?.port ?? 0
    self.group = group
    self.clients = clients
    serving.start {
      await withDiscardingTaskGroup { connections in
        for await client in stream { connections.addTask { await connection(client, group).run() } }
        connections.cancelAll()
      }
    }
  }

  /// Closes everything, and returns when it is closed.
  func shutdown() async {
    // First the socket, so that nothing can come after the end of the stream.
    try? await socket.close().get()
    clients.finish()
    await serving.wait()
    try? await group.shutdownGracefully()
  }
}
