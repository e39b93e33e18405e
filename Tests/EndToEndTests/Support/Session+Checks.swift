import SandboxCore
import SandboxTestKit
import Testing

extension Session {
  /// A key like a provider's, to be found again wherever it should not be.
  static let key = "sk-e2e-5f0c1d9ab7e24c66"

  /// A session whose model is the server at `modelURL`, with the tools that ship.
  init(
    _ id: String = "s1", in folder: Folder, modelURL: String, environment: [String: String] = [:],
    arguments: [String] = []
  ) {
    self.init(
      id, in: folder,
      environment: [
        "USER_REQUEST": "Say hello.", "AGENT_MODEL": "openai/gpt-4o", "OPENAI_API_KEY": Self.key,
        "OPENAI_BASE_URL": modelURL,
      ].merging(environment) { $1 }, arguments: arguments)
  }

  /// Runs to the end, which must leave no process behind.
  func finish(upTo limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> Ended
  {
    let ended = try await run(upTo: limit)
    let leftovers = Leftovers.processes(of: folder)
    #expect(leftovers.isEmpty, sourceLocation: sourceLocation)
    return ended
  }
}

extension Session.Ended {
  var errorLines: [String] { standardError.split(separator: "\n").map(String.init) }
}
