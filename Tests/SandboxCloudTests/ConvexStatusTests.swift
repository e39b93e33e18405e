import SandboxCloud
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Convex status", .timeLimit(.minutes(1)))
struct ConvexStatusTests {
  private static let session: JSONValue = "s-1"

  @Test(
    "each phase in the seed's words",
    arguments: [
      (CloudFixture.status(.pending), #"{"sessionId":"s-1","status":"initializing"}"#),
      (CloudFixture.status(.initializing), #"{"sessionId":"s-1","status":"initializing"}"#),
      (CloudFixture.status(.loadingTools), #"{"sessionId":"s-1","status":"loading_tools"}"#),
      (
        CloudFixture.status(.running), #"{"sessionId":"s-1","status":"running","metadata":{"startedAt":1768480496000}}"#
      ),
      (CloudFixture.status(.idle), #"{"sessionId":"s-1","status":"running"}"#),
      (CloudFixture.status(.paused), #"{"sessionId":"s-1","status":"paused"}"#),
      (CloudFixture.status(.completing), #"{"sessionId":"s-1","status":"completing"}"#),
      (CloudFixture.status(.completed), #"{"sessionId":"s-1","status":"completed"}"#),
      (CloudFixture.status(.failed), #"{"sessionId":"s-1","status":"failed","metadata":{"errorDetails":"because"}}"#),
      (CloudFixture.status(.cancelled), #"{"sessionId":"s-1","status":"failed","metadata":{"cancelledBy":"user"}}"#),
      (
        CloudFixture.status(.cancelled, cancelledBy: "operator"),
        #"{"sessionId":"s-1","status":"failed","metadata":{"cancelledBy":"operator"}}"#
      ),
      (
        CloudFixture.status(.timedOut),
        #"{"sessionId":"s-1","status":"failed","metadata":{"reason":"Execution timeout"}}"#
      ),
      (
        CloudFixture.status(.timedOut, reason: "cost limit", outcome: "cost_limit"),
        #"{"sessionId":"s-1","status":"failed","metadata":{"reason":"cost limit"}}"#
      ),
      (CloudFixture.status(.expired), #"{"sessionId":"s-1","status":"failed","metadata":{"reason":"expired"}}"#),
      (
        CloudFixture.status(.terminated),
        #"{"sessionId":"s-1","status":"failed","metadata":{"terminationReason":"because"}}"#
      ),
    ])
  func seed(update: StatusUpdate, expected: String) async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      try await endpoint.update(update)
      let call = try #require(fake.calls.first)
      #expect(fake.calls.count == 1)
      #expect(call.kind == "mutation")
      #expect(call.path == "sessions:updateStatus")
      #expect(call.arguments == (try JSONValue(parsing: expected)))
      #expect(fake.statuses(of: "s-1").count == 1)
    }
  }

  @Test(
    "each phase in the origin's words",
    arguments: [
      (CloudFixture.status(.pending), #"{"sessionId":"s-1","status":"initializing"}"#),
      (CloudFixture.status(.loadingTools), #"{"sessionId":"s-1","status":"loading_tools"}"#),
      (CloudFixture.status(.running), #"{"sessionId":"s-1","status":"running"}"#),
      (CloudFixture.status(.paused), #"{"sessionId":"s-1","status":"running"}"#),
      (CloudFixture.status(.completed), #"{"sessionId":"s-1","status":"completed"}"#),
      (CloudFixture.status(.failed), #"{"sessionId":"s-1","status":"failed","metadata":{"errorDetails":"because"}}"#),
      (
        CloudFixture.status(.cancelled),
        #"{"sessionId":"s-1","status":"failed","metadata":{"errorDetails":"cancelled by user"}}"#
      ),
      (
        CloudFixture.status(.timedOut),
        #"{"sessionId":"s-1","status":"failed","metadata":{"errorDetails":"Execution timeout"}}"#
      ),
      (CloudFixture.status(.expired), #"{"sessionId":"s-1","status":"failed","metadata":{"errorDetails":"expired"}}"#),
    ])
  func origin(update: StatusUpdate, expected: String) async throws {
    try await CloudFixture.withConvex(.origin) { fake, endpoint in
      try await endpoint.update(update)
      #expect(fake.calls.map(\.path) == ["sessions:updateSessionStatus"])
      #expect(fake.calls.first?.arguments == (try JSONValue(parsing: expected)))
      #expect(fake.statuses(of: "s-1").count == 1)
    }
  }

  @Test("declined metadata does not cost the terminal status")
  func metadataDeclined() async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      fake.fail(.failedFunction())
      try await endpoint.update(CloudFixture.status(.failed))
      #expect(fake.calls.map { $0.arguments["metadata"] == nil } == [false, true])
      #expect(fake.statuses(of: "s-1") == ["failed"])
    }
  }

  @Test("a deployment without a pause hears that the session runs")
  func pauseDeclined() async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      fake.fail(.failedFunction())
      try await endpoint.update(CloudFixture.status(.paused))
      #expect(fake.statuses(of: "s-1") == ["running"])
    }
  }

  @Test("status that stays declined is an error that is not repeated")
  func declined() async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      fake.failAll(.failedFunction(data: "NOT_FOUND"))
      let error = await #expect(throws: SandboxError.self) { try await endpoint.update(CloudFixture.status(.running)) }
      #expect(error?.code == .rejected)
      #expect(error?.retry == .never)
      #expect(error?.message.contains("NOT_FOUND") == true)
      #expect(fake.calls.count == 2)
    }
  }
}
