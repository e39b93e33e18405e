import SandboxCore
import SandboxTestKit
import Testing

extension MomentTrial {
  /// It ended by the stop: code, status, journal and last event agree, in time, and nothing is left.
  func expectStopped(
    _ ended: Session.Ended, by stop: Stop, in elapsed: Duration, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(elapsed < stop.limit, "\(ended.standardError)", sourceLocation: sourceLocation)
    #expect(leftovers == [], sourceLocation: sourceLocation)
    // How it ended before the signal came stands.
    guard moment != .ended else { return try await expectEnded(ended, sourceLocation: sourceLocation) }
    #expect(ended.code == stop.code, "\(ended.standardError)", sourceLocation: sourceLocation)
    guard moment.hasSession else {
      #expect(!session.folder.exists("state/sessions/\(session.id)"), sourceLocation: sourceLocation)
      return
    }
    #expect(session.status["reason"]?["kind"]?.stringValue == stop.kind, sourceLocation: sourceLocation)
    try await expectOutcome("cancelled", ended, isOrderly: stop.isOrderly, sourceLocation: sourceLocation)
  }

  func expectEnded(_ ended: Session.Ended, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    #expect(ended.code == 0, "\(ended.standardError)", sourceLocation: sourceLocation)
    try await expectOutcome("completed", ended, isOrderly: false, sourceLocation: sourceLocation)
    let outcome = SessionState.fold(try await session.journal()).lifecycle.outcome
    #expect(outcome?.exitCode == .completed, sourceLocation: sourceLocation)
  }

  /// - Parameter isOrderly: the journal has been brought to its end, too.
  func expectOutcome(
    _ name: String, _ ended: Session.Ended, isOrderly: Bool, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(session.status["outcome"]?.stringValue == name, sourceLocation: sourceLocation)
    let state = name == "internal" ? "failed" : name
    #expect(session.status["state"]?.stringValue == state, sourceLocation: sourceLocation)
    #expect(session.status["exitCode"]?.intValue == Int(ended.code), sourceLocation: sourceLocation)
    if isOrderly { return try await session.expectConsistent(ended, sourceLocation: sourceLocation) }
    // What has been written can be read, and says nothing else.
    let records = try await session.journal()
    #expect(records.map(\.sequence) == Array(1...Int64(max(1, records.count))), sourceLocation: sourceLocation)
    let outcome = SessionState.fold(records).lifecycle.outcome
    #expect(outcome == nil || outcome?.exitCode.rawValue == ended.code, sourceLocation: sourceLocation)
    for event in ended.events("completion") + ended.events("error") where event["exitCode"] != nil {
      #expect(event["exitCode"]?.intValue == Int(ended.code), sourceLocation: sourceLocation)
    }
  }
}
