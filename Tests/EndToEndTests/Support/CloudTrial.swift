import SandboxCore
import SandboxTestKit
import Testing

/// A session whose configuration comes from a Convex deployment and whose results go there.
///
/// Its scripted model makes one document and answers.
struct CloudTrial {
  let cloud: FakeConvex
  let session: Session

  static let report = "# Report\n\nSeven facts, größer als erwartet.\n"
  static let answer = "The report is done."
  static let token = "token-of-the-tests-1234"

  /// - Parameters:
  ///   - pause: how long the model thinks before its answer.
  ///   - limits: the configuration's `executionLimits`.
  static func with<R>(
    _ backend: FakeConvex.Backend = .seed, pause: Duration = .zero, limits: JSONObject = [:],
    environment: [String: String] = [:], _ body: (CloudTrial) async throws -> R
  ) async throws -> R {
    try await Folder.with { folder in
      let cloud = FakeConvex(backend)
      return try await cloud.run { url in
        let script = try folder.write("script.json", script(pause).text(.pretty))
        cloud.set(configuration: configuration(backend, model: "scripted:\(script)", limits), of: "s1")
        cloud.require(authorization: "Bearer \(token)")
        var session = Session(
          in: folder,
          environment: [
            "CONVEX_URL": url, "CONVEX_AUTH_TOKEN": token, "WORKSPACE_ID": "ws1", "SANDBOX_ID": "sbx1",
          ].merging(environment) { $1 })
        // The tools come with the configuration.
        session.environment["AGENT_MANIFESTS"] = environment["AGENT_MANIFESTS"]
        if backend == .origin { session.environment["CONVEX_FUNCTIONS"] = "origin" }
        return try await body(CloudTrial(cloud: cloud, session: session))
      }
    }
  }

  private static func script(_ pause: Duration) -> JSONValue {
    [
      "steps": [
        [
          "agent": "meta", "results": 0,
          "reply": [
            "toolCalls": [["name": "execute_tool", "arguments": DocumentCall.arguments("report.md", report)]],
            "usage": ["input": 120, "output": 30],
          ],
        ],
        [
          "agent": "meta", "results": 1, "delayMs": .int(pause.milliseconds),
          "reply": ["text": .string(answer), "usage": ["input": 200, "output": 7]],
        ],
      ]
    ]
  }

  private static func configuration(
    _ backend: FakeConvex.Backend, model: String, _ limits: JSONObject
  ) -> JSONValue {
    var configuration: JSONObject = [
      "toolManifests": [CommandManifest.shipped("content/generate_document")], "executionLimits": .object(limits),
    ]
    switch backend {
    case .seed:
      configuration["sessionId"] = "s1"
      configuration["workspaceId"] = "ws1"
      configuration["userId"] = "user1"
      configuration["sandboxId"] = "sbx1"
      configuration["mode"] = "content"
      configuration["model"] = .string(model)
      configuration["userRequest"] = "Write the report."
    case .origin:
      configuration["title"] = "Report"
      configuration["status"] = "initializing"
      configuration["sandboxId"] = "sbx1"
      configuration["agentConfig"] = [
        "agentType": "custom", "model": .string(model), "temperature": 0.7, "maxTokens": 1000, "tools": [],
      ]
      configuration["metadata"] = ["userRequest": "Write the report.", "totalTokensUsed": 0, "totalCost": 0]
    }
    return .object(configuration)
  }

  func calls(_ function: String) -> [FakeConvex.Call] { cloud.calls.filter { $0.path == "sessions:\(function)" } }

  /// The deployment has the report and the answer, each once, as `result.json` says.
  func expectArtifacts(sourceLocation: SourceLocation = #_sourceLocation) {
    let artifacts = cloud.artifacts(of: "s1")
    let names = artifacts.map { ($0["name"] ?? $0["metadata"]?["name"])?.stringValue ?? "" }
    #expect(names.sorted() == ["answer.md", "report.md"], sourceLocation: sourceLocation)
    let report = artifacts.first { ($0["name"] ?? $0["metadata"]?["name"])?.stringValue == "report.md" }
    #expect(report?["content"]?.stringValue == Self.report, sourceLocation: sourceLocation)
    let hash = report?["sha256"] ?? report?["metadata"]?["sha256"]
    #expect(hash?.stringValue == SHA256.hex(Array(Self.report.utf8)), sourceLocation: sourceLocation)
    #expect(session.result["artifacts"]?[0]?["sha256"] == hash, sourceLocation: sourceLocation)
    #expect(session.result["answer"]?.stringValue == Self.answer, sourceLocation: sourceLocation)
  }
}
