import SandboxCloud
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Convex replies", .timeLimit(.minutes(2)))
struct ConvexEnvelopeTests {
  private static func failure(
    _ fault: ConvexFault, timeout: Duration = .seconds(50)
  ) async throws -> SandboxError? {
    var failure: SandboxError?
    try await CloudFixture.withConvex(timeout: timeout) { fake, endpoint in
      fake.failAll(fault)
      do throws(SandboxError) { try await endpoint.update(CloudFixture.status(.completed)) } catch { failure = error }
    }
    return failure
  }

  @Test(
    "what each failure means",
    arguments: [
      (ConvexFault.failedFunction(status: 200), SandboxError.Code.rejected, SandboxError.Retry.never),
      (.failedFunction(status: 560), .rejected, .never), (.status(400, code: "BadFormat"), .rejected, .never),
      (.status(401, code: "Unauthenticated"), .unauthorized, .never),
      (.status(403, code: "Forbidden"), .unauthorized, .never),
      (.status(404), .rejected, .never), (.status(409), .rejected, .never), (.status(421), .rejected, .never),
      (.status(408), .unavailable, .backoff), (.status(425), .unavailable, .backoff),
      (.status(429, code: "TooManyConcurrentRequests"), .rateLimited, .backoff),
      (.status(429, retryAfter: "3"), .rateLimited, .after(.seconds(3))),
      (.status(429, retryAfter: "1.5"), .rateLimited, .after(.milliseconds(1500))),
      (.status(429, retryAfter: "-1"), .rateLimited, .backoff),
      (.status(429, retryAfter: "soon"), .rateLimited, .backoff),
      (.status(429, retryAfter: "99999999999999999999"), .rateLimited, .after(.seconds(86_400))),
      (.status(429, retryAfter: "1e3"), .rateLimited, .backoff),
      (.status(500), .unavailable, .backoff),
      (.status(503, code: "OptimisticConcurrencyControlFailure"), .unavailable, .backoff),
      (.status(503, retryAfter: "2"), .unavailable, .after(.seconds(2))), (.status(302), .invalidResponse, .never),
      (.html(502), .unavailable, .backoff), (.html(200), .invalidResponse, .backoff), (.html(404), .rejected, .never),
      (.dropBefore, .unavailable, .backoff), (.dropAfterCommit, .unavailable, .backoff),
      (.truncated, .unavailable, .backoff),
      (.silence, .timeout, .backoff),
    ])
  func table(fault: ConvexFault, code: SandboxError.Code, retry: SandboxError.Retry) async throws {
    let timeout: Duration = fault == .silence ? .milliseconds(200) : .seconds(50)
    let error = try #require(try await Self.failure(fault, timeout: timeout))
    #expect(error.code == code)
    #expect(error.retry == retry)
    #expect(error.message.utf8.count < 1500)
    #expect(!error.message.contains("\n"))
  }

  @Test("success counts with status 560 too")
  func success560() async throws {
    #expect(try await Self.failure(.successAs560) == nil)
  }

  @Test("the fake refuses what Convex refuses")
  func strictFake() async throws {
    let fake = FakeConvex()
    try await fake.run { url in
      for (functions, problem) in [
        (#"{"updateStatus": "sessions.js.x:updateStatus"}"#, "BadConvexFunctionIdentifier"),
        (#"{"updateStatus": "sessions:other"}"#, "Could not find public function"),
        (#"{"updateStatus": "sessions:getConfig"}"#, "defined as query"),
        (#"{"preset": "origin", "updateStatus": "sessions:syncResults"}"#, "missing the required field `artifacts`"),
      ] {
        let configuration = try ConvexConfiguration(url: url, functions: try ConvexFunctions(parsing: functions))
        let error = await #expect(throws: SandboxError.self) {
          try await CloudFixture.withTransport {
            try await ConvexEndpoint(configuration, over: $0).update(CloudFixture.status(.completed))
          }
        }
        #expect(error?.code == .rejected)
        #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test(
    "credentials go into the header, and out of messages",
    arguments: [
      (ConvexCredential.token("a.b.c-secret"), "Bearer a.b.c-secret"),
      (.deployKey("prod:name|c2VjcmV0-secret"), "Convex prod:name|c2VjcmV0-secret"),
    ])
  func credential(credential: ConvexCredential, header: String) async throws {
    try await CloudFixture.withConvex(credential: credential) { fake, endpoint in
      fake.require(authorization: header)
      try await endpoint.update(CloudFixture.status(.completed))
      #expect(fake.calls.first?.authorization == header)
      #expect(!endpoint.name.contains("secret"))
      #expect(!"\(credential)".contains("secret"))
    }
    let echo: LoopbackServer.Handler = { request in
      .text("you sent \(request.header("Authorization") ?? "")", status: 500)
    }
    try await LoopbackServer.run(echo) { server in
      let configuration = try ConvexConfiguration(url: server.url, credential: credential)
      let error = await #expect(throws: SandboxError.self) {
        try await CloudFixture.withTransport {
          try await ConvexEndpoint(configuration, over: $0).update(CloudFixture.status(.completed))
        }
      }
      #expect(error?.message.contains("you sent") == true)
      #expect(error?.message.contains("secret") == false)
    }
  }

  @Test("a wrong credential is not tried again")
  func unauthorized() async throws {
    try await CloudFixture.withConvex(credential: .token("wrong-token")) { fake, endpoint in
      fake.require(authorization: "Bearer right-token")
      let error = await #expect(throws: SandboxError.self) { try await endpoint.update(CloudFixture.status(.running)) }
      #expect(error?.code == .unauthorized)
      #expect(fake.calls.count == 1)
    }
  }

  @Test("configuration, and none")
  func configuration() async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      let none = try await endpoint.configuration(of: CloudFixture.session)
      #expect(none == nil)
      fake.set(configuration: ["sessionId": "s-1", "mode": "research"], of: "s-1")
      let found = try await endpoint.configuration(of: CloudFixture.session)
      #expect(found == ["sessionId": "s-1", "mode": "research"])
      #expect(fake.calls.allSatisfy { $0.kind == "query" && $0.path == "sessions:getConfig" })
    }
  }

  @Test("the origin's row becomes a configuration")
  func originConfiguration() async throws {
    try await CloudFixture.withConvex(.origin) { fake, endpoint in
      let none = try await endpoint.configuration(of: CloudFixture.session)
      #expect(none == nil)
      fake.set(
        configuration: [
          "sessionId": "5c7a-uuid", "workspaceId": "w", "userId": "u", "sandboxId": "b", "mode": "content",
          "title": "T",
          "agentConfig": ["agentType": "meta", "model": "gpt-4o", "temperature": 0.7, "maxTokens": 4000, "tools": []],
          "toolManifests": [["id": "t"]], "executionLimits": ["maxDuration": 1_800_000],
          "metadata": ["userRequest": "do it", "totalCost": 0],
        ], of: "s-1")
      let found = try await endpoint.configuration(of: CloudFixture.session)
      #expect(
        found == [
          "sessionId": "s-1", "workspaceId": "w", "userId": "u", "sandboxId": "b", "mode": "content", "model": "gpt-4o",
          "temperature": 0.7, "maxTokens": 4000, "userRequest": "do it", "toolManifests": [["id": "t"]],
          "executionLimits": ["maxDuration": 1_800_000],
        ])
    }
  }
}
