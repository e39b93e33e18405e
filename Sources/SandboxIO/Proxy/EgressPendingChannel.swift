internal import NIOCore
internal import Synchronization

/// A channel that is being connected, which may have to be closed before that has come to an end.
final class EgressPendingChannel: Sendable {
  private enum State {
    case none
    case held(any Channel)
    case closed
  }

  private let state = Mutex(State.none)

  func hold(_ channel: any Channel) {
    let isClosed = state.withLock { state in
      if case .closed = state { return true }
      state = .held(channel)
      return false
    }
    if isClosed { channel.close(promise: nil) }
  }

  func close() {
    let channel: (any Channel)? = state.withLock { state in
      defer { state = .closed }
      if case .held(let channel) = state { return channel }
      return nil
    }
    channel?.close(promise: nil)
  }
}
