package import SandboxAgents
package import SandboxCore
import Synchronization

/// A language model that answers as a function says, and remembers what it was asked.
package final class ClosureModel: LanguageModel {
  package let name = "test/model"
  private let body: @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply
  private let asked = Mutex<[ModelRequest]>([])

  package init(_ body: @escaping @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply) { self.body = body }

  package var requests: [ModelRequest] { asked.withLock { $0 } }

  package func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply {
    asked.withLock { $0.append(request) }
    return try await body(request)
  }
}
