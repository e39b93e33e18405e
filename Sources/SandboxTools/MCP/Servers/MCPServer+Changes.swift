import SandboxCore

/// A server may say at any time that its tools have changed. They are listed again at once, and before the next call;
/// a server that says so all the time is believed ever less often.
extension MCPServer {
  private static var relistTimeout: Duration { .seconds(30) }
  private static var longestPause: Duration { .seconds(60) }

  nonisolated func noteChangedList() {
    guard staleList.raise() else { return }
    relistingLater.start { [weak self, time] in
      guard let pause = await self?.pause else { return }
      do { try await time.sleep(pause) } catch { return }
      await self?.relistNow()
    }
  }

  /// Waits for the list that is being made, or makes one that is due.
  func refreshIfStale(_ session: MCPSession) async throws(SandboxError) {
    guard relisting != nil || staleList.isRaised && pause == .zero else { return }
    try await relist(session)
  }

  /// How long the next list has to wait: 1, 2, 4 … seconds after the one before.
  private var pause: Duration {
    guard let lastRelist else { return .zero }
    let interval = min(Self.longestPause, .seconds(1 << min(relists, 6)) / 2)
    return max(.zero, lastRelist + interval - time.monotonic())
  }

  private func relistNow() async {
    // A call may have been faster, or the server is gone: either way there is nothing to do.
    guard staleList.isRaised, let session = currentSession else { return }
    try? await relist(session)
  }

  private func relist(_ session: MCPSession) async throws(SandboxError) {
    let work =
      relisting
      ?? SharedWork { [self] () throws(SandboxError) in
        try await list(session)
      }
    relisting = work
    try await work.value()
  }

  private func list(_ session: MCPSession) async throws(SandboxError) {
    defer { relisting = nil }
    staleList.lower()
    lastRelist = time.monotonic()
    relists += 1
    do throws(SandboxError) {
      let list = try await time.withLimit(Self.relistTimeout, "listing the tools of \(id) again") {
        () throws(SandboxError) in try await session.listTools()
      }
      await take(list)
    } catch {
      // The next call asks again: until then nobody knows what the tools are.
      _ = staleList.raise()
      throw error
    }
  }
}
