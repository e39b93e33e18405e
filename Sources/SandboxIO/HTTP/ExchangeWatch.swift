internal import SandboxCore
internal import Synchronization

/// Watches over the time that an exchange takes: in all, and in silence of the other side.
final class ExchangeWatch: Sendable {
  private struct State {
    var waitingSince: Duration?
    var hasSent = false
    var hasHead = false
  }

  private let state = Mutex(State())

  /// Whether anything may have gone out to a server, over all hops.
  var hasSent: Bool { state.withLock { $0.hasSent } }
  /// Whether the latest request was answered.
  var hasHead: Bool { state.withLock { $0.hasHead } }

  func send() {
    state.withLock {
      $0.hasSent = true
      $0.hasHead = false
    }
  }

  func receiveHead() { state.withLock { $0.hasHead = true } }

  /// Counts the time of `work` as silence.
  func waiting<Value>(_ work: () async throws -> Value) async rethrows -> Value {
    state.withLock { $0.waitingSince = TimeSource.system.monotonic() }
    defer { state.withLock { $0.waitingSince = nil } }
    return try await work()
  }

  /// Runs `work`, which must stop when it is cancelled, until it ends or a limit is passed.
  static func run<Value: Sendable>(
    total: Duration, idle: Duration?, _ errors: HTTPErrorMapping,
    _ work: @escaping @Sendable (ExchangeWatch) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let watch = ExchangeWatch()
    let result = await withTaskGroup(of: Result<Value, SandboxError>?.self) { group in
      group.addTask {
        do throws(SandboxError) { return .success(try await work(watch)) } catch { return .failure(error) }
      }
      group.addTask {
        do { try await TimeSource.system.sleep(total) } catch { return nil }
        return .failure(errors.timedOut(after: total, reached: watch.hasSent))
      }
      if let idle {
        group.addTask {
          do { try await watch.sleepUntilIdle(for: idle) } catch { return nil }
          return .failure(errors.silent(for: idle))
        }
      }
      defer { group.cancelAll() }
      for await result in group { if let result { return result } }
      return .failure(errors.cancelled)
    }
    return try result.get()
  }

  private func sleepUntilIdle(for limit: Duration) async throws {
    while true {
      let since = state.withLock { $0.waitingSince }
      let silence = since.map { TimeSource.system.monotonic() - $0 } ?? .zero
      if silence >= limit { return }
      try await TimeSource.system.sleep(limit - silence)
    }
  }
}
