import SandboxCore
import SandboxTestKit
import Testing

/// A session whose scripted model makes a document, has a program run, and answers: what it needs is all in its folder.
enum ToolSession {
  static func make(in folder: Folder) throws -> Session {
    let script: JSONValue = [
      "steps": [
        step(0, call("execute_tool", DocumentCall.arguments(DocumentSession.name, DocumentSession.text))),
        step(1, call("probe", [:])), step(2, ["text": "Done."]),
      ]
    ]
    let probe = CommandManifest.json("probe", argv: ["/bin/echo", "probed"])
    return Session(
      in: folder,
      environment: [
        "USER_REQUEST": "Do what the test says.",
        "AGENT_MODEL": "scripted:\(try folder.write("script.json", script.text(.pretty)))",
        "AGENT_MANIFESTS": try CommandManifest.write([probe], in: folder), "AGENT_TOOL_PATHS": folder.path,
      ])
  }

  private static func step(_ results: Int64, _ reply: JSONValue) -> JSONValue {
    ["agent": "meta", "results": .int(results), "reply": reply]
  }

  private static func call(_ name: JSONValue, _ arguments: JSONValue) -> JSONValue {
    ["toolCalls": [["name": name, "arguments": arguments]]]
  }

  /// It is done, the program was run, and nothing is left.
  static func expectDone(
    _ session: Session, _ ended: Session.Ended, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(ended.code == 0, "\(ended)", sourceLocation: sourceLocation)
    try await session.expectConsistent(ended, sourceLocation: sourceLocation)
    let state = SessionState.fold(try await session.journal())
    let probe = state.executions.values.first { $0.toolID.rawValue == "probe" }
    #expect(probe?.status == .completed, "\(ended)", sourceLocation: sourceLocation)
    #expect(session.result["answer"] == "Done.", sourceLocation: sourceLocation)
    let leftovers = Leftovers.processes(of: session.folder)
    #expect(leftovers == [], sourceLocation: sourceLocation)
  }

  /// What is enforced when nothing stands between the tests and the session.
  ///
  /// - Parameter mechanisms: what it has to do without, as `AGENT_ISOLATION_WITHOUT` names it.
  static func plainLevel(without mechanisms: String = "") async throws -> JSONValue? {
    try await Folder.with { folder in
      var session = try make(in: folder)
      session.environment["AGENT_ISOLATION_WITHOUT"] = mechanisms.isEmpty ? nil : mechanisms
      try await expectDone(session, try await session.run())
      return session.status["isolation"]?["level"]
    }
  }
}
