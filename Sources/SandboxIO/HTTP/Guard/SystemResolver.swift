package import SandboxCore

/// The resolver of the system, with its hosts file and search domains.
///
/// `getaddrinfo` blocks and cannot be stopped: it runs on threads of its own, of which there are only so many. A caller
/// that is cancelled leaves at once, and its thread ends when the system gives up.
package final class SystemResolver: AddressResolver {
  private let gate: PermitGate

  /// - Parameter threads: look-ups at the same time; others wait.
  package init(threads: Int = 8) { gate = PermitGate(permits: threads) }

  package func addresses(of host: String) async throws(SandboxError) -> [IPAddress] {
    let answer = OneShot<Result<[IPAddress], SandboxError>>()
    // The permit belongs to the thread and not to whoever waits for it.
    let lookup = BackgroundWork()
    lookup.start { [gate] in
      do {
        try await gate.withPermit { answer.fulfil(await Self.onThread(host)) }
      } catch {
        answer.fulfil(.failure(SandboxError.wrap(error)))
      }
    }
    let result = await withTaskCancellationHandler {
      await answer.value()
    } onCancel: {
      lookup.cancel()
      answer.fulfil(.failure(SandboxError(.cancelled, "the look-up of \(host.excerpt(80)) was cancelled")))
    }
    return try result.get()
  }

  private static func onThread(_ host: String) async -> Result<[IPAddress], SandboxError> {
    await withCheckedContinuation { continuation in
      let hasStarted = DedicatedThread.start { continuation.resume(returning: AddressLookup.run(host)) }
      if !hasStarted {
        continuation.resume(
          returning: .failure(SandboxError(.unavailable, "no thread is left to look up a host name", retry: .backoff)))
      }
    }
  }
}
