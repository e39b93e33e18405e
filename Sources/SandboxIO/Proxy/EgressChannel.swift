internal import NIOCore

/// A connection, of a client or to a host: bytes both ways, each direction with its own end and its own back-pressure.
typealias EgressChannel = NIOAsyncChannel<ByteBuffer, ByteBuffer>
typealias EgressWriter = NIOAsyncChannelOutboundWriter<ByteBuffer>

extension EgressChannel {
  /// Must be called on the channel's event loop, before the channel reads. Of one direction at most some 500 KiB wait in
  /// memory: four reads of 64 KiB here, and what the other side's writer takes before it is full.
  static func wrap(_ channel: any Channel) throws -> EgressChannel {
    try EgressChannel(
      wrappingChannelSynchronously: channel,
      configuration: Configuration(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4)))
  }

  /// Says that nothing more will be written, once everything has been handed to the system. Cancelling closes the
  /// connection.
  func finishOutput() async throws {
    try await withTaskCancellationHandler {
      // By itself, a close drops what is waiting when the other side has closed its half already.
      try await channel.writeAndFlush(ByteBuffer()).get()
      try await channel.close(mode: .output).get()
    } onCancel: {
      channel.close(promise: nil)
    }
  }
}
