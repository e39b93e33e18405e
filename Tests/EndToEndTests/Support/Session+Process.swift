import Glibc
import SandboxCore
import SandboxTestKit
import Testing

extension Session {
  /// A session with an OpenAI-compatible model at that address.
  init(_ id: String = "s1", model url: String, in folder: Folder, manifests: [JSONValue] = []) throws {
    self.init(
      id, in: folder,
      environment: [
        "USER_REQUEST": "Do what the test says.", "AGENT_MODEL": "openai/gpt-4o", "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "sk-test", "AGENT_MANIFESTS": try CommandManifest.write(manifests, in: folder),
      ])
  }

  /// Starts it by a shell line, in which `PROGRAM` stands for the executable, and which should end in `exec`.
  func launch(shell line: String, standardOutput: String? = nil) throws -> LaunchedSession {
    try LaunchedSession(
      executable: "/bin/sh", arguments: ["-c", line.replacing("PROGRAM", with: "'\(Program.path)'")],
      environment: environment, folder: folder.path, standardOutput: standardOutput)
  }

  /// Starts the program, lets the test deal with it, and waits for its end. Whatever the test throws, nothing is left.
  func run(
    shell line: String? = nil, standardOutput: String? = nil, upTo limit: Duration = .seconds(60),
    _ body: (LaunchedSession) async throws -> Void
  ) async throws -> (ended: Ended, process: LaunchedSession) {
    try await Self.inTurn {
      let start = ContinuousClock.now
      let process =
        try line.map { try launch(shell: $0, standardOutput: standardOutput) }
        ?? LaunchedSession(
          executable: Program.path, arguments: arguments, environment: environment, folder: folder.path,
          standardOutput: standardOutput)
      do {
        try await body(process)
      } catch {
        process.end()
        throw error
      }
      return (try await end(of: process, since: start, upTo: limit), process)
    }
  }

  /// One command of the program with this session's environment.
  func command(_ arguments: [String]) async throws -> Ended {
    var other = self
    other.arguments = arguments
    return try await other.run()
  }

  /// What the default endpoint, a folder, has of the session.
  func delivered(_ name: String) -> String { folder.text("state/cloud/\(id)/\(name)") }

  /// The document is in `result.json`, in the session's folder and at the endpoint, the same everywhere.
  func expectDelivered(
    _ name: String, containing text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let kept = LaunchedSession.text("\(directory)/artifacts/\(name)")
    #expect(kept.contains(text), sourceLocation: sourceLocation)
    #expect(delivered("artifacts/\(name)") == kept, sourceLocation: sourceLocation)
    let listed = try #require(
      result["artifacts"]?.arrayValue?.first { $0["name"]?.stringValue == name }, sourceLocation: sourceLocation)
    #expect(listed["sha256"]?.stringValue == SHA256.hex(Array(kept.utf8)), sourceLocation: sourceLocation)
    let results = try JSONValue(parsing: delivered("results.json"))
    #expect(
      results["artifacts"]?.arrayValue?.map { $0["sha256"] } == result["artifacts"]?.arrayValue?.map { $0["sha256"] },
      sourceLocation: sourceLocation)
    #expect(results["answer"] == result["answer"], sourceLocation: sourceLocation)
  }
}

extension Session.Ended {
  /// Standard output has nothing but the documents' lines, whatever tools and models wrote.
  func expectFramed(sourceLocation: SourceLocation = #_sourceLocation) {
    for line in standardOutput.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      #expect(line.hasPrefix("[State] ") || line.hasPrefix("[Event] "), sourceLocation: sourceLocation)
    }
    let isClean = standardOutput.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f }
    #expect(isClean, "no control characters", sourceLocation: sourceLocation)
  }
}
