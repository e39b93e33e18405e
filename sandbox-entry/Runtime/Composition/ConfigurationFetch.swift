import SandboxCore

/// Asks the cloud for the session's configuration, a few times when it does not answer; a stop ends the wait.
struct ConfigurationFetch {
  let endpoint: any CloudEndpoint
  let stop: StopControl
  var time = TimeSource.system

  private static let tries = 4

  func run(_ session: SessionID) async throws(SandboxError) -> JSONValue? {
    let result = await withTaskGroup(of: Result<JSONValue?, SandboxError>.self) { group in
      group.addTask { await fetch(session) }
      group.addTask {
        _ = await stop.waitForStop()
        return .failure(SandboxError(.cancelled, "stopped while the configuration was fetched"))
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(SandboxError(.internalError, "no configuration was fetched"))
    }
    return try result.get()
  }

  private func fetch(_ session: SessionID) async -> Result<JSONValue?, SandboxError> {
    let backoff = Backoff()
    for attempt in 0... {
      do {
        return .success(try await endpoint.configuration(of: session))
      } catch {
        guard attempt + 1 < Self.tries, let delay = backoff.delay(after: attempt, error.retry) else {
          return .failure(error)
        }
        do { try await time.sleep(delay) } catch { return .failure(SandboxError(.cancelled, "cancelled")) }
      }
    }
    return .failure(SandboxError(.unavailable, "the cloud does not answer"))
  }
}
