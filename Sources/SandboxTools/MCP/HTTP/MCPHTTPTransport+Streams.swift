import SandboxCore
import Synchronization

/// Streams of legacy servers (MCP 2025-11-25, Streamable HTTP): the server's own, and those that are taken up again.
extension MCPHTTPTransport {
  /// Attempts in a row that bring nothing new.
  private static let maximumFruitless = 5

  /// Takes a response's stream up again where it broke off.
  ///
  /// - Throws: `.unavailable` when that cannot be done, or brings nothing.
  func resume(_ request: MCPRequest, after mark: MCPStreamMark) async throws(SandboxError) {
    var mark = mark
    var fruitless = 0
    while fruitless < Self.maximumFruitless {
      guard let version = request.version, !version.isModern, let last = mark.lastEventID else { break }
      try await pause(mark.delay)
      switch try await stream(version, after: last, for: request.id, timeout: request.timeout) {
      case .done, .accepted: return
      case .cut(let next):
        fruitless = next.lastEventID == nil || next.lastEventID == last ? fruitless + 1 : 0
        mark = MCPStreamMark(
          lastEventID: next.lastEventID ?? last, retry: next.retry ?? mark.retry, failure: next.failure)
      }
    }
    throw mark.failure
      ?? SandboxError(
        .unavailable, "the MCP server ended the stream before its response", cause: HTTPFailure(reached: true),
        retry: .backoff)
  }

  /// Opens the server's own stream, and keeps it open while the server wants it.
  func listen(_ version: MCPVersion) {
    let isFirst = state.withLock { state in
      guard !state.isOver, !state.hasListened else { return false }
      (state.hasListened, state.isListening) = (true, true)
      return true
    }
    guard isFirst else { return }
    listener.start { [weak self] in
      await self?.keepListening(version)
      self?.state.withLock { $0.isListening = false }
    }
  }

  private func keepListening(_ version: MCPVersion) async {
    var mark = MCPStreamMark(lastEventID: nil, retry: nil, failure: nil)
    var fruitless = 0
    while fruitless < Self.maximumFruitless, isUsable {
      guard case .cut(let next) = try? await stream(version, after: mark.lastEventID, for: nil, timeout: nil) else {
        return
      }
      fruitless = next.lastEventID == nil || next.lastEventID == mark.lastEventID ? fruitless + 1 : 0
      mark = MCPStreamMark(
        lastEventID: next.lastEventID ?? mark.lastEventID, retry: next.retry ?? mark.retry, failure: nil)
      guard (try? await pause(mark.delay)) != nil else { return }
    }
  }

  /// One GET. What keeps the server from being reached is a stream that broke off at once.
  ///
  /// - Throws: when the server does not offer this, or the session is gone.
  private func stream(
    _ version: MCPVersion, after lastEventID: String?, for id: Int64?, timeout: Duration?
  ) async throws(SandboxError) -> Ending {
    // What a response's stream is taken up again for has been sent, and may have been done.
    let session = try sessionID(for: version, isBeforeEffect: false)
    let request = streamRequest(version, session: session, after: lastEventID, timeout: timeout)
    do throws(SandboxError) {
      return try await http.withReply(to: request) { (reply) throws(SandboxError) in
        try await self.checkStatus(of: reply, session: session, isBeforeEffect: false)
        return try await self.readEvents(of: reply, for: id)
      }
    } catch {
      guard error.code == .unavailable, error.cause is HTTPFailure else { throw error }
      return .cut(MCPStreamMark(lastEventID: nil, retry: nil, failure: error))
    }
  }

  private func pause(_ delay: Duration) async throws(SandboxError) {
    do { try await time.sleep(delay) } catch { throw SandboxError.wrap(error) }
  }
}
