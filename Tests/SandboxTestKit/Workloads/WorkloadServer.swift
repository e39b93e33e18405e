import SandboxCore
import Synchronization

/// A model server that plays the benchmark sessions (``WorkloadScript``) and counts what it was asked.
package final class WorkloadServer: Sendable {
  package struct Record: Sendable {
    package var requests = 0
    package var toolCalls = 0
    package var promptTokens = 0
    package var completionTokens = 0
    package var unknown = 0
    /// When the first request arrived, on the machine's monotonic clock.
    package var firstRequest: Duration?
    package var lastReply: Duration?
  }

  private let state = Mutex(Record())
  private let latency: Duration

  package init(latency: Duration = .zero) { self.latency = latency }

  package var record: Record { state.withLock { $0 } }

  /// Serves on a free port while `body` runs; the string is what `OPENAI_BASE_URL` would be.
  package func run<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    try await LoopbackServer.run({ await self.reply(to: $0) }) { server in try await body("\(server.url)/v1") }
  }

  private func reply(to request: LoopbackRequest) async -> LoopbackReply {
    let arrival = TimeSource.system.monotonic()
    guard let body = try? JSONValue(parsing: request.body), let answer = WorkloadScript.answer(to: body) else {
      state.withLock { $0.unknown += 1 }
      return .json(["error": ["message": "no script for this request", "type": "invalid_request_error"]], status: 400)
    }
    if latency > .zero { try? await Task.sleep(for: latency) }
    state.withLock {
      $0.requests += 1
      $0.toolCalls += answer.toolCalls
      $0.promptTokens += answer.promptTokens
      $0.completionTokens += answer.completionTokens
      $0.firstRequest = $0.firstRequest ?? arrival
      $0.lastReply = TimeSource.system.monotonic()
    }
    return .json(answer.body)
  }
}
