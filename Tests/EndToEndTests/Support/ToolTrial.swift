import SandboxCore
import SandboxTestKit
import Testing

/// A session in which the meta-agent calls one command tool once and then answers, whatever came of the call.
struct ToolTrial {
  let session: Session
  let ended: Session.Ended
  /// What the model was told of the call.
  let told: String
  /// The journal's record of it.
  let execution: ToolExecution
  let peakBytes: Int

  static let answer = "The probe was made."

  static func run(
    _ tool: JSONValue, arguments: JSONValue = [:], environment: [String: String] = [:], in folder: Folder,
    beforeCall: @escaping @Sendable () -> Void = {}
  ) async throws -> ToolTrial {
    let server = ScriptedModelServer { request in
      guard request.number == 0 else { return .text(answer) }
      beforeCall()
      return .call("probe", arguments)
    }
    return try await server.run { url in
      var session = try Session(model: url, in: folder, manifests: [tool])
      session.environment.merge(environment) { $1 }
      let (ended, process) = try await session.run { _ in }
      let state = SessionState.fold(try await session.journal())
      let execution = try #require(
        state.executions.values.first { $0.toolID.rawValue == "probe" },
        "no call in the journal: \(ended.standardError)")
      return ToolTrial(
        session: session, ended: ended, told: server.requests.dropFirst().first?.last("tool") ?? "",
        execution: execution,
        peakBytes: process.usage?.peakBytes ?? .max)
    }
  }

  /// The call ended like that, the model was told so, and the session went on to its answer.
  ///
  /// - Parameter made: 0 for a call that was refused.
  func expect(
    _ status: ExecutionStatus, _ code: SandboxError.Code? = nil, telling parts: [String], made: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(execution.status == status, sourceLocation: sourceLocation)
    #expect(execution.error?.code == code, sourceLocation: sourceLocation)
    for part in parts { #expect(told.contains(part), "\(told.prefix(600))", sourceLocation: sourceLocation) }
    #expect(ended.code == 0, "\(ended.standardError)", sourceLocation: sourceLocation)
    #expect(session.result["answer"]?.stringValue == Self.answer, sourceLocation: sourceLocation)
    let errors = status == .completed ? 0 : 1
    #expect(session.result["usage"]?["toolErrors"]?.intValue == errors, sourceLocation: sourceLocation)
    #expect(session.result["usage"]?["toolExecutions"]?.intValue == made, sourceLocation: sourceLocation)
    try await session.expectConsistent(ended, sourceLocation: sourceLocation)
  }
}
