import NIOCore
import NIOPosix

/// One end of a TCP connection in a test: sends what it is told, and reads as much as it is asked for.
struct TCPPeer {
  typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  let output: TCPOutput
  private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private var buffered = ByteBuffer()

  private init(_ stream: NIOAsyncChannelInboundStream<ByteBuffer>, _ output: TCPOutput) {
    self.output = output
    iterator = stream.makeAsyncIterator()
  }

  /// Connects, and closes when `body` has ended.
  static func connect<Value: Sendable>(
    _ port: Int, _ body: (inout TCPPeer) async throws -> Value
  ) async throws -> Value {
    let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
      }
    return try await with(connection, body)
  }

  /// Listens on a free port and serves each connection while `body` runs.
  static func serve<Value>(
    _ handler: @escaping @Sendable (inout TCPPeer) async throws -> Void, _ body: (_ port: Int) async throws -> Value
  ) async throws -> Value {
    // Not NIO's own stream of connections: one that is dropped from that when it is cancelled ends the process.
    let (clients, arrivals) = AsyncStream.makeStream(of: Connection.self)
    // Of its own and with one thread: nothing comes in any more when the socket has been closed.
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = try await ServerBootstrap(group: loops)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          _ = arrivals.yield(try Connection(wrappingChannelSynchronously: channel))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let result = await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await withDiscardingTaskGroup { connections in
          for await client in clients { connections.addTask { try? await with(client, handler) } }
          connections.cancelAll()
        }
      }
      let result: Result<Value, any Error>
      do { result = .success(try await body(listener.localAddress?.port ?? 0)) } catch { result = .failure(error) }
      try? await listener.close()
      arrivals.finish()
      return result
    }
    try await loops.shutdownGracefully()
    return try result.get()
  }

  /// Sends back what it gets, and ends when the other side does.
  static let echo: @Sendable (inout TCPPeer) async throws -> Void = { peer in
    while let chunk = try await peer.next() { try await peer.output.writer.write(chunk) }
    try await peer.finish()
  }

  private static func with<Value: Sendable>(
    _ connection: Connection, _ body: (inout TCPPeer) async throws -> Value
  ) async throws -> Value {
    try await connection.executeThenClose { stream, writer in
      var peer = TCPPeer(stream, TCPOutput(channel: connection.channel, writer: writer))
      return try await body(&peer)
    }
  }

  func send(_ text: String) async throws { try await output.send(text) }

  func send(count: Int) async throws { try await output.send(count: count) }

  func finish() async throws { try await output.finish() }

  /// Nil at the end.
  mutating func next() async throws -> ByteBuffer? {
    if buffered.readableBytes > 0 {
      defer { buffered = ByteBuffer() }
      return buffered
    }
    return try await iterator.next()
  }

  /// Up to and including the first empty line; what there is when the connection ends before it.
  mutating func head() async throws -> String {
    var text: [UInt8] = []
    while var chunk = try await next() {
      while let byte = chunk.readInteger(as: UInt8.self) {
        text.append(byte)
        if text.suffix(4).elementsEqual("\r\n\r\n".utf8) {
          buffered = chunk
          return String(decoding: text, as: UTF8.self)
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  mutating func read(_ count: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, var chunk = try await next() {
      bytes += chunk.readBytes(length: min(count - bytes.count, chunk.readableBytes)) ?? []
      buffered = chunk
    }
    return bytes
  }

  mutating func rest() async throws -> String {
    var bytes: [UInt8] = []
    while let chunk = try await next() { bytes += chunk.readableBytesView }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// How many bytes come until the end.
  mutating func countRest() async throws -> Int {
    var count = 0
    while let chunk = try await next() { count += chunk.readableBytes }
    return count
  }

  /// Whether the connection ends, by a reset or in order, without a byte.
  mutating func endsInSilence() async -> Bool {
    do { return try await next() == nil } catch { return true }
  }
}
