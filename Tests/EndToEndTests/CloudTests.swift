import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("The cloud: configuration in, status and results out")
struct CloudTests {
  private static let phases = ["initializing", "loading_tools", "running", "completing", "completed"]

  @Test("A session that is described by the deployment alone")
  func happyPath() async throws {
    try await CloudTrial.with(limits: ["maxConcurrentTools": 2, "costLimit": 0.5, "maxDuration": 60_000]) { trial in
      let ended = try await trial.session.run()
      #expect(ended.code == 0, "\(ended.standardError)")
      #expect(trial.cloud.statuses(of: "s1") == Self.phases)
      trial.expectArtifacts()
      let result = trial.session.result
      #expect(result["request"]?.stringValue == "Write the report.")
      let limits = trial.session.status["limits"]
      #expect(limits?["maxConcurrentTools"]?.intValue == 2)
      #expect(limits?["costLimitUsd"]?.doubleValue == 0.5)
      #expect(limits?["maxDurationMs"]?.intValue == 60_000)
      #expect(trial.cloud.metadata(of: "s1")["startedAt"]?.intValue != nil)
      let metadata = try #require(trial.cloud.finalMetadata(of: "s1")?.objectValue)
      #expect(
        Set(metadata.keys) == [
          "totalTokensUsed", "totalCost", "toolExecutions", "toolErrors", "duration", "tasksCompleted", "tasksFailed",
        ])
      #expect(metadata["totalTokensUsed"]?.intValue == 357)
      #expect(metadata["totalTokensUsed"] == result["usage"]?["totalTokens"])
      #expect(metadata["toolExecutions"] == result["usage"]?["toolExecutions"])
      #expect(metadata["toolErrors"]?.intValue == 0)
      #expect(trial.calls("getConfig").count == 1)
      #expect(trial.calls("syncResults").count == 1)
      #expect(trial.cloud.calls.allSatisfy { $0.authorization == "Bearer \(CloudTrial.token)" })
      #expect(trial.session.status["sync"]?["acknowledged"] == true)
      try await trial.session.expectConsistent(ended)
    }
  }

  @Test("A backend with the origin's functions, whose validators are closed")
  func origin() async throws {
    try await CloudTrial.with(.origin) { trial in
      let ended = try await trial.session.run()
      #expect(ended.code == 0, "\(ended.standardError)")
      // Its sync sets the status itself, before ours.
      #expect(trial.cloud.statuses(of: "s1") == Self.phases + ["completed"])
      trial.expectArtifacts()
      let metadata = try #require(trial.cloud.finalMetadata(of: "s1")?.objectValue)
      #expect(Set(metadata.keys) == ["totalTokensUsed", "totalCost"])
      try await trial.session.expectConsistent(ended)
    }
  }

  // MARK: - Before the session

  @Test("A deployment that is not there")
  func refused() async throws {
    try await CloudTrial.with { trial in
      var session = trial.session
      session.environment["CONVEX_URL"] = "http://127.0.0.1:\(try await LoopbackServer.freePort())"
      let ended = try await session.run()
      #expect(ended.code == 69)
      #expect(ended.standardOutput.isEmpty)
      #expect(ended.standardError.split(separator: "\n").count == 1, "\(ended.standardError)")
      #expect(!session.folder.exists("state/sessions/s1"))
    }
  }

  @Test("A credential that is refused")
  func unauthorized() async throws {
    try await CloudTrial.with { trial in
      var session = trial.session
      session.environment["CONVEX_AUTH_TOKEN"] = "another-token-5678"
      let ended = try await session.run()
      #expect(ended.code == 77)
      #expect(ended.standardError.contains("CONVEX_AUTH_TOKEN"), "\(ended.standardError)")
      #expect(!ended.standardError.contains("another-token-5678"))
      #expect(trial.calls("getConfig").count == 1, "a refusal is not tried again")
    }
  }

  @Test("Ids that disagree end before anything starts", arguments: ["workspaceId", "sandboxId", "sessionId"])
  func disagreement(key: String) async throws {
    try await CloudTrial.with { trial in
      trial.cloud.set(configuration: [key: "somebody-elses", "userRequest": "x", "model": "offline"], of: "s1")
      let ended = try await trial.session.run()
      #expect(ended.code == 78)
      #expect(
        ended.standardError.contains("somebody-elses") && ended.standardError.contains(key), "\(ended.standardError)")
      #expect(trial.cloud.statuses(of: "s1").isEmpty)
    }
  }

  @Test("A configuration that brings nothing to do")
  func emptyConfiguration() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.set(configuration: [:], of: "s1")
      let ended = try await trial.session.run()
      #expect(ended.code == 78)
      #expect(ended.standardError.contains("Missing userRequest"), "\(ended.standardError)")
    }
  }

  @Test("The environment may only lower what the configuration allows")
  func lowerOnly() async throws {
    try await CloudTrial.with(
      limits: ["maxConcurrentTools": 2, "maxDuration": 60_000],
      environment: ["AGENT_MAX_CONCURRENT_TOOLS": "50", "AGENT_MAX_DURATION_MS": "30000"]
    ) { trial in
      let ended = try await trial.session.run()
      #expect(ended.code == 0, "\(ended.standardError)")
      let limits = trial.session.status["limits"]
      #expect(limits?["maxConcurrentTools"]?.intValue == 2)
      #expect(limits?["maxDurationMs"]?.intValue == 30_000)
    }
  }

  // MARK: - A deployment that has a bad day

  @Test("Errors that pass")
  func recovers() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.fail(.status(500), path: "sessions:getConfig", times: 2)
      trial.cloud.fail(.dropBefore, path: "sessions:syncResults")
      trial.cloud.fail(.status(503), path: "sessions:syncResults")
      trial.cloud.fail(.html(502), path: "sessions:updateStatus", times: 2)
      let ended = try await trial.session.run()
      #expect(ended.code == 0, "\(ended.standardError)")
      trial.expectArtifacts()
      // What was not told at once is made up for by what follows; never the other way round.
      #expect(trial.cloud.statuses(of: "s1") == Array(Self.phases.dropFirst(2)))
      #expect(trial.calls("syncResults").count == 3)
      try await trial.session.expectConsistent(ended)
    }
  }

  @Test("Too many requests: the delay that was asked for is kept")
  func tooManyRequests() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.fail(.status(429, code: "TooManyRequests", retryAfter: "2"), path: "sessions:syncResults")
      let ended = try await trial.session.run()
      #expect(ended.code == 0, "\(ended.standardError)")
      #expect(ended.took >= .seconds(2))
      #expect(trial.calls("syncResults").count == 2)
      trial.expectArtifacts()
    }
  }

  @Test("Status updates that always fail do not stop the work, and the end is not called delivered")
  func statusNeverArrives() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.fail(.status(500), path: "sessions:updateStatus", times: 1_000)
      let ended = try await trial.session.run()
      #expect(ended.code == 83, "\(ended.standardError)")
      trial.expectArtifacts()
      #expect(trial.session.status["outcome"]?.stringValue == "unsynced")
      try await trial.session.expectConsistent(ended)
      trial.cloud.heal()
      let again = try await trial.session.command(["sync", "s1"])
      #expect(again.code == 0, "\(again.standardError)")
      #expect(trial.cloud.statuses(of: "s1") == ["completed"])
      trial.expectArtifacts()
    }
  }

  @Test("A deployment that declines the results: 83, why, and delivery later")
  func declined() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.fail(
        .failedFunction(data: "Object contains extra field `generatedBy`."), path: "sessions:syncResults", times: 1_000)
      let ended = try await trial.session.run()
      #expect(ended.code == 83, "\(ended.standardError)")
      #expect(trial.cloud.artifacts(of: "s1").isEmpty)
      let sync = trial.session.status["sync"]
      #expect(sync?["acknowledged"] == false)
      #expect(sync?["lastError"]?.stringValue?.contains("generatedBy") == true)
      #expect(trial.session.result["synced"] == false)
      #expect(trial.session.result["answer"]?.stringValue == CloudTrial.answer)
      try await trial.session.expectConsistent(ended)

      let isolation = trial.session.status["isolation"]
      #expect(isolation?["level"]?.stringValue != nil)
      let early = try await trial.session.command(["sync", "s1"])
      #expect(early.code == 83, "it is still declined")
      #expect(early.standardError.contains("generatedBy"), "\(early.standardError)")

      trial.cloud.heal()
      let late = try await trial.session.command(["sync", "s1"])
      #expect(late.code == 0, "\(late.standardError)")
      trial.expectArtifacts()
      // The reports agree with the code again.
      #expect(trial.session.status["outcome"]?.stringValue == "completed")
      #expect(trial.session.status["exitCode"]?.intValue == 0)
      #expect(trial.session.status["sync"]?["acknowledged"] == true)
      #expect(trial.session.status["isolation"] == isolation)
      #expect(trial.session.result["synced"] == true)
      let calls = trial.cloud.calls.count
      // Everything is there: neither the command nor the session's own start has anything to send.
      #expect(try await trial.session.command(["sync", "s1"]).code == 0)
      #expect(trial.cloud.calls.count == calls)
    }
  }

  @Test("The same start again delivers what is owed, and ends with 0")
  func startAgain() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.fail(.failedFunction(), path: "sessions:syncResults", times: 1_000)
      #expect(try await trial.session.run().code == 83)
      trial.cloud.heal()
      let again = try await trial.session.run()
      #expect(again.code == 0, "\(again.standardError)")
      trial.expectArtifacts()
      #expect(trial.calls("syncResults").count { $0.hadEffect } == 1)
    }
  }

  @Test(
    "A reply that is lost after the deployment has taken the results", arguments: [FakeConvex.Backend.seed, .origin])
  func lostReply(backend: FakeConvex.Backend) async throws {
    try await CloudTrial.with(backend) { trial in
      let function = backend == .seed ? "sessions:syncResults" : "sessions:syncSessionResults"
      trial.cloud.fail(.dropAfterCommit, path: function)
      trial.cloud.fail(.truncated, path: function)
      let ended = try await trial.session.run()
      #expect(ended.code == 0, "\(ended.standardError)")
      trial.expectArtifacts()
    }
  }

  @Test("A slow deployment is told everything in order")
  func slow() async throws {
    try await CloudTrial.with { trial in
      trial.cloud.failAll(.slow(milliseconds: 250))
      let ended = try await trial.session.run()
      #expect(ended.code == 0, "\(ended.standardError)")
      #expect(trial.cloud.statuses(of: "s1") == Self.phases)
      trial.expectArtifacts()
      try await trial.session.expectConsistent(ended)
    }
  }

  // MARK: - Sessions that are stopped

  @Test("A cancelled session has failed in the cloud's words, and says who")
  func cancelled() async throws {
    try await CloudTrial.with(pause: .seconds(60)) { trial in
      let (ended, _) = try await trial.session.run { process in
        // The first model call is over when the document is there; the second one hangs.
        try await until { process.standardOutput.contains("artifact_generated") }
        process.send(SIGTERM)
      }
      #expect(ended.code == 143, "\(ended.standardError)")
      #expect(trial.cloud.statuses(of: "s1").last == "failed")
      #expect(!trial.cloud.statuses(of: "s1").contains("completed"))
      #expect(trial.cloud.metadata(of: "s1")["cancelledBy"]?.stringValue == "user")
      #expect(trial.cloud.artifacts(of: "s1").contains { $0["name"]?.stringValue == "report.md" })
      try await trial.session.expectConsistent(ended)
    }
  }

  @Test("A session that ran out of time has failed in the cloud's words, and says why")
  func timedOut() async throws {
    try await CloudTrial.with(pause: .seconds(60), limits: ["maxDuration": 6_000]) { trial in
      let ended = try await trial.session.run()
      #expect(ended.code == 124, "\(ended.standardError)")
      #expect(trial.cloud.statuses(of: "s1").last == "failed")
      #expect(trial.cloud.metadata(of: "s1")["reason"]?.stringValue == "Execution timeout")
      #expect(trial.cloud.artifacts(of: "s1").contains { $0["name"]?.stringValue == "report.md" })
      try await trial.session.expectConsistent(ended)
    }
  }

  @Test("A session whose model breaks is failed in the cloud, too")
  func failed() async throws {
    try await CloudTrial.with { trial in
      let script = try trial.session.folder.write(
        "script.json",
        #"{"steps":[{"error":{"code":"rejected","status":400,"message":"the model declined the request"}}]}"#)
      #expect(!script.isEmpty)
      let ended = try await trial.session.run()
      #expect(ended.code == 1, "\(ended.standardError)")
      #expect(trial.cloud.statuses(of: "s1").last == "failed")
      #expect(
        trial.cloud.metadata(of: "s1")["errorDetails"]?.stringValue?.contains("the model declined the request") == true)
      try await trial.session.expectConsistent(ended)
    }
  }

  // MARK: - A folder as the cloud

  @Test("A folder that cannot be written: 83, and delivery when it can")
  func unwritableFolder() async throws {
    try await Folder.with { folder in
      // A file where the folder should be: that stops root, too.
      let blocker = try folder.write("cloud", "in the way")
      let server = ScriptedModelServer([.document("report.md", "# Report\n\nFacts."), .text("Done.")])
      try await server.run { url in
        var session = try Session(model: url, in: folder)
        session.environment.merge([
          "AGENT_CLOUD_URL": "file://\(blocker)", "WORKSPACE_ID": "ws1", "SANDBOX_ID": "sbx1",
        ]) { $1 }
        let ended = try await session.run()
        #expect(ended.code == 83, "\(ended.standardError)")
        #expect(session.status["sync"]?["lastError"]?.stringValue?.contains(blocker) == true)
        #expect(session.result["answer"]?.stringValue == "Done.")
        try await session.expectConsistent(ended)
        unlink(blocker)
        let late = try await session.command(["sync", "s1"])
        #expect(late.code == 0, "\(late.standardError)")
        #expect(folder.text("cloud/s1/artifacts/report.md").contains("Facts."))
        #expect(folder.text("cloud/s1/results.json").contains("Done."))
        #expect(folder.text("cloud/s1/status.jsonl").contains("\"completed\""))
      }
    }
  }
}
