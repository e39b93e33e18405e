import Glibc
package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP/1.1 server on 127.0.0.1 for tests, whose every reply is scripted, broken ones too.
package struct LoopbackServer: Sendable {
  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>

  package typealias Handler = @Sendable (LoopbackRequest) async -> LoopbackReply

  package let port: Int
  private let host: String
  private let counter: ConnectionCounter

  /// Without a slash at the end.
  package var url: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// Connections that have been accepted so far.
  package var connectionCount: Int { counter.count.load(ordering: .relaxed) }

  /// Serves on a free port while `body` runs; when it returns or throws, everything is closed.
  ///
  /// - Parameters:
  ///   - host: an address of this machine.
  ///   - prepare: adds handlers to a new connection, before those that know HTTP.
  package static func run<Value>(
    _ handler: @escaping Handler, host: String = "127.0.0.1",
    prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation, _ body: (LoopbackServer) async throws -> Value
  ) async throws -> Value {
    let counter = ConnectionCounter()
    // Not NIO's own stream of connections: one that is dropped from that when it is cancelled ends the process.
    let (connections, arrivals) = AsyncStream.makeStream(of: Connection.self)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try prepare(channel)
          try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
          let connection = try Connection(wrappingChannelSynchronously: channel)
          // Too late to be served.
          if case .terminated = arrivals.yield(connection) {
            Task { try? await connection.executeThenClose { _, _ in } }
          }
        }
      }
      .bind(host: host, port: 0).get()
    let server = LoopbackServer(port: listener.localAddress?.port ?? 0, host: host, counter: counter)
    return try await withTaskGroup(of: Void.self) { group in
      group.addTask { await server.serve(connections, handler) }
      let result: Result<Value, any Error>
      do { result = .success(try await body(server)) } catch { result = .failure(error) }
      try? await listener.close()
      arrivals.finish()
      return result
    }.get()
  }

  /// A port on which nothing listens.
  package static func freePort() async throws -> Int {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = channel.localAddress?.port ?? 0
    try await channel.close()
    return port
  }

  private func serve(_ connections: AsyncStream<Connection>, _ handler: @escaping Handler) async {
    await withDiscardingTaskGroup { group in
      for await connection in connections {
        let number = counter.count.add(1, ordering: .relaxed).oldValue
        // A broken connection is its own matter.
        group.addTask { try? await Self.serve(connection, number, handler) }
      }
      group.cancelAll()
    }
  }

  private static func serve(_ connection: Connection, _ number: Int, _ handler: Handler) async throws {
    try await connection.executeThenClose { inbound, outbound in
      var head: HTTPRequestHead?
      var body: [UInt8] = []
      for try await part in inbound {
        switch part {
        case .head(let next): (head, body) = (next, [])
        case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
        case .end:
          guard let head else { return }
          let request = LoopbackRequest(
            method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
            body: body, connection: number)
          let reply = await handler(request)
          guard try await send(reply, to: head.method, over: connection.channel, outbound) else { return }
        }
      }
    }
  }

  /// Whether the connection goes on.
  private static func send(
    _ reply: LoopbackReply, to method: HTTPMethod, over channel: any Channel,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async throws -> Bool {
    if reply.delay > .zero { try await Task.sleep(for: reply.delay) }
    switch reply.delivery {
    case .complete:
      // After HEAD a body would be taken for the beginning of the next reply.
      try await outbound.write(ByteBuffer(bytes: reply.headBytes + (method == .HEAD ? [] : reply.body)))
      return true
    case .cutBody(let count):
      try await outbound.write(ByteBuffer(bytes: reply.headBytes + reply.body.prefix(count)))
      return false
    case .slow(let chunk, let pause):
      try await outbound.write(ByteBuffer(bytes: reply.headBytes))
      for start in stride(from: 0, to: reply.body.count, by: max(1, chunk)) {
        try await Task.sleep(for: pause)
        try await outbound.write(ByteBuffer(bytes: reply.body[start..<min(start + max(1, chunk), reply.body.count)]))
      }
      return true
    case .close: return false
    case .reset:
      // Closing with a linger time of 0 makes the kernel send RST.
      try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
      return false
    case .raw:
      try await outbound.write(ByteBuffer(bytes: reply.body))
      return false
    case .feed(let feed):
      try await outbound.write(ByteBuffer(bytes: reply.openHeadBytes))
      for await bytes in feed.chunks { try await outbound.write(ByteBuffer(bytes: bytes)) }
      return false
    case .endless:
      try await outbound.write(ByteBuffer(bytes: reply.openHeadBytes))
      while !Task.isCancelled {
        try await outbound.write(ByteBuffer(bytes: reply.body))
        // Else a fast reader would keep this thread from everybody else.
        await Task.yield()
      }
      return false
    case .silence:
      try await Task.sleep(for: .seconds(3600))
      return false
    }
  }
}

private final class ConnectionCounter: Sendable {
  let count = Atomic(0)
}

extension LoopbackReply {
  fileprivate var headBytes: [UInt8] { Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) }

  /// For a body that ends with the connection.
  fileprivate var openHeadBytes: [UInt8] { Array("\(head)Connection: close\r\n\r\n".utf8) }

  private var head: String {
    headers.reduce(into: "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n") {
      $0 += "\($1.0): \($1.1)\r\n"
    }
  }
}
