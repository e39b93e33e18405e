package import SandboxAgents
package import SandboxCore

/// A language model that is a function of the request.
package struct ClosureModel: LanguageModel {
  package let name: String
  private let answer: @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply

  package init(
    name: String = "closure", _ answer: @escaping @Sendable (ModelRequest) async throws(SandboxError) -> ModelReply
  ) {
    self.name = name
    self.answer = answer
  }

  package func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply {
    try await answer(request)
  }
}
