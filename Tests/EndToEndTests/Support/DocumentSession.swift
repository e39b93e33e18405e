import SandboxCore
import SandboxTestKit
import Testing

/// A session that has made a document, `report.md`, when the test decides how it goes on.
enum DocumentSession {
  static let name = "report.md"
  static let text = "Facts that must not be lost."

  /// - Parameter next: the model's replies from the second request on.
  static func run<R>(
    in folder: Folder, manifests: [JSONValue] = [], environment: [String: String] = [:],
    next: @escaping @Sendable (ScriptedModelServer.Request) async -> ScriptedModelReply,
    _ body: (Session, ScriptedModelServer) async throws -> R
  ) async throws -> R {
    let server = ScriptedModelServer { request in
      request.number == 0 ? .document(name, "# Report\n\n\(text)\n") : await next(request)
    }
    return try await server.run { url in
      var session = try Session(model: url, in: folder, manifests: manifests)
      session.environment.merge(environment) { $1 }
      return try await body(session, server)
    }
  }
}
