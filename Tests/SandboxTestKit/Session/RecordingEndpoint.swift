package import SandboxCore
import Synchronization

/// A cloud endpoint that remembers what it was told, and does what its script says first.
package final class RecordingEndpoint: CloudEndpoint {
  package enum Call: Sendable, Hashable {
    case update(StatusUpdate)
    case deliver(ResultDelivery, idempotencyKey: String)
  }

  private let script: @Sendable (Int, Call) async throws(SandboxError) -> Void
  private let received = Mutex<[Call]>([])
  private let acknowledged = Mutex<[Call]>([])

  /// - Parameter script: called with the number of the call, from 0; what it throws is thrown to the caller.
  package init(_ script: @escaping @Sendable (Int, Call) async throws(SandboxError) -> Void = { _, _ in }) {
    self.script = script
  }

  package var name: String { "recording" }
  package var calls: [Call] { received.withLock { $0 } }
  /// The calls that did not fail.
  package var acknowledgedCalls: [Call] { acknowledged.withLock { $0 } }

  package func configuration(of session: SessionID) async throws(SandboxError) -> JSONValue? { nil }

  package func update(_ status: StatusUpdate) async throws(SandboxError) { try await take(.update(status)) }

  package func deliver(
    _ results: ResultDelivery, idempotencyKey: String, contents: any BlobStore
  ) async throws(SandboxError) {
    try await take(.deliver(results, idempotencyKey: idempotencyKey))
  }

  private func take(_ call: Call) async throws(SandboxError) {
    let number = received.withLock { calls in
      calls.append(call)
      return calls.count - 1
    }
    try await script(number, call)
    acknowledged.withLock { $0.append(call) }
  }
}
