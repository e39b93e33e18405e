import SandboxCore
import SandboxTestKit
import Testing

@Suite("Policy and approval")
struct PolicyTests {
  private func trial(
    _ policy: JSONValue?, approval: String = "never", arguments: JSONValue = ["path": "notes.txt"],
    _ check: (ToolTrial) async throws -> Void
  ) async throws {
    try await Folder.with { folder in
      var tool = CommandManifest.script("probe", "echo ran >>ran; echo ran").objectValue ?? [:]
      tool["approval"] = .string(approval)
      var environment: [String: String] = [:]
      if let policy { environment["AGENT_POLICY"] = try folder.write("policy.json", policy.text()) }
      let trial = try await ToolTrial.run(
        .object(tool), arguments: arguments, environment: environment, in: folder)
      #expect(
        folder.exists("state/sessions/s1/workspace/ran") == (trial.execution.status == .completed),
        "told: \(trial.told)")
      try await check(trial)
    }
  }

  private static let rule: JSONValue = [
    "default": "allow",
    "rules": [
      [
        "id": "no-dots", "match": ["tool": "pro*", "arguments": ["/path": "\\.\\."]], "action": "deny",
        "reason": "paths stay inside",
      ]
    ],
  ]

  @Test func aRuleThatFitsDenies() async throws {
    try await trial(Self.rule, arguments: ["path": "../x"]) {
      try await $0.expect(.failed, .denied, telling: ["no-dots", "paths stay inside"], made: 0)
    }
  }

  @Test func oneThatDoesNotLeavesItAlone() async throws {
    try await trial(Self.rule) { try await $0.expect(.completed, telling: ["ran"]) }
  }

  @Test func whatNeedsApprovalIsNotRunUnapproved() async throws {
    for approval in ["always", "on-destructive"] {
      try await trial(nil, approval: approval) {
        try await $0.expect(.failed, .denied, telling: ["approval"], made: 0)
      }
    }
  }

  @Test func theOwnerMayApproveInAdvance() async throws {
    try await trial(
      ["default": "deny", "rules": [["id": "ok", "match": ["tool": "probe"], "action": "allow"]]], approval: "always"
    ) {
      try await $0.expect(.completed, telling: ["ran"])
    }
  }

  @Test func nothingIsAllowedByDefaultWhenThePolicySaysSo() async throws {
    try await trial(["default": "deny", "rules": []]) {
      try await $0.expect(.failed, .denied, telling: ["policy"], made: 0)
    }
  }

  @Test(
    arguments: [
      ("not json", "not valid JSON"), ("[]", "object"), (#"{"rules":[{"match":{},"action":"perhaps"}]}"#, "/rules/0"),
      (#"{"rulez":[]}"#, "/rulez"),
      (#"{"rules":[{"match":{"arguments":{"/a":"("}},"action":"deny"}]}"#, "/rules/0/match"),
    ])
  func aBrokenPolicyStopsTheSession(_ text: String, _ part: String) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      try await model.run { url in
        let policy = try folder.write("policy.json", text)
        let session = Session(in: folder, modelURL: url, environment: ["AGENT_POLICY": policy])
        let ended = try await session.finish()
        #expect(ended.code == 78)
        #expect(ended.errorLines.contains { $0.contains("AGENT_POLICY") && $0.contains(part) }, "\(ended)")
        #expect(model.requestCount == 0)
      }
    }
  }
}
