import NIOCore

/// The sending half of a ``TCPPeer``.
struct TCPOutput: Sendable {
  let channel: any Channel
  let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>

  func send(_ text: String) async throws { try await writer.write(ByteBuffer(string: text)) }

  func send(count: Int, of byte: UInt8 = 0) async throws {
    let chunk = ByteBuffer(repeating: byte, count: 64 << 10)
    var left = count
    while left > 0 {
      try await writer.write(chunk.getSlice(at: 0, length: min(left, chunk.readableBytes)) ?? chunk)
      left -= min(left, chunk.readableBytes)
    }
  }

  /// Closes this half, when everything has been sent.
  func finish() async throws {
    try await channel.writeAndFlush(ByteBuffer()).get()
    try await channel.close(mode: .output).get()
  }
}
