import SandboxCore

extension ToolBus {
  /// Runs the body in its turn: with a place among the calls of the tool's other side and one of the session's tool
  /// permits, and not while the other side wants to be left alone. A tool that needs no permit runs at once.
  ///
  /// The place is taken first: calls that wait for a slow server must not keep the permits from other tools.
  nonisolated func withPermits<R: Sendable>(
    _ admitted: AdmittedCall, _ body: () async throws(SandboxError) -> R
  ) async throws(SandboxError) -> R {
    if admitted.traits.contains(.unmetered) { return try await body() }
    let gate = admitted.tool.group.gate
    do {
      guard admitted.traits.contains(.callsAPI) else { return try await permits.withPermit(body) }
      return try await gate.places.withPermit {
        while true {
          try await waitOutPause(of: admitted)
          // Another pause may have begun while the call waited for its permit.
          let result: R? = try await permits.withPermit {
            gate.pause(at: time.monotonic()) == nil ? try await body() : nil
          }
          if let result { return result }
        }
      }
    } catch {
      throw SandboxError.wrap(error)
    }
  }

  /// Waits as long as the tool's other side asked to be left alone.
  nonisolated func waitOutPause(of admitted: AdmittedCall) async throws(SandboxError) {
    while let pause = admitted.tool.group.gate.pause(at: time.monotonic()) {
      guard pause < deadline.remaining else {
        throw SandboxError(
          .rateLimited,
          "the other side of \(admitted.definition.id) takes no calls for another \(pause.wholeSeconds) s, longer than "
            + "the session has", retry: .after(pause))
      }
      try await sleep(pause)
    }
  }
}
