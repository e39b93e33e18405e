import SandboxCore
import Testing

@testable import SandboxTools

/// Policy, quarantine, and what a tool says that it returns.
@Suite struct BusGateTests {
  @Test(arguments: [
    (ToolApproval.always, ToolEffect.pure, true), (.always, .unsafe, true), (.onDestructive, .pure, false),
    (.onDestructive, .idempotent, true), (.never, .unsafe, false),
  ])
  func whatNeedsApprovalIsDenied(_ approval: ToolApproval, _ effect: ToolEffect, _ isDenied: Bool) async throws {
    let fixture = try await BusFixture()
    let runs = Counter()
    try await fixture.add("t", effect: effect, approval: approval) { _ in
      runs.add()
      return ToolOutput(text: "ok")
    }
    let result = try await fixture.run("t")
    #expect((result.error?.code == .denied) == isDenied)
    #expect(runs.value == (isDenied ? 0 : 1))
    if isDenied {
      #expect(result.text.hasPrefix("t needs approval, and nobody can be asked in this version: "))
      #expect(await fixture.types() == ["tool_call_refused"])
    }
  }

  /// Wrong arguments are said to be wrong first; what is refused charges no rate.
  @Test func comesAfterTheSchemaAndBeforeTheRate() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    try await fixture.add(
      "t", parameters: ["type": "object", "required": ["q"]],
      rateLimit: .init(requestsPerMinute: 1, burst: 1, onExceeded: .refuse), approval: .always)
    #expect(try await fixture.run("t", id: "1").error?.code == .invalidArgument)
    for id in ["2", "3"] { #expect(try await fixture.run("t", "{\"q\":1}", id: id).error?.code == .denied) }
  }

  @Test func quarantine() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t")
    await fixture.bus.quarantine("t".asID(), reason: "the server changed its definition")
    let refused = try await fixture.run("t", id: "1")
    #expect(
      refused.error
        == ErrorRecord(code: .rejected, message: "t is not called any more: the server changed its definition"))
    #expect(await fixture.bus.listTools().map(\.id) == ["t".asID()])
    #expect(await fixture.types() == ["tool_call_refused"])
    await fixture.bus.release("t".asID())
    #expect(try await fixture.run("t", id: "2").error == nil)
  }

  // MARK: - Returns

  private static let object: JSONValue = [
    "type": "object", "required": ["n"], "properties": ["n": ["type": "integer"]],
  ]

  @Test(
    arguments: [
      (object, "{\"n\":1}", nil), (object, " {\"n\":1}\n", nil), (object, "{\"n\":\"1\"}", "/n: expected integer"),
      (object, "{}", "/n: is required"), (object, "[]", "expected object, found array"),
      (object, "plain", "did not return JSON"), (object, "", "did not return JSON"),
      (["type": "array"], "{", "did not return JSON"), (["type": "string"], "plain", nil),
      (["type": "string"], "123", nil), (["type": "string"], "{\"n\":1}", nil),
      (["type": "string", "maxLength": 3], "plain", "at most 3"), (["minimum": 3], "plain", nil),
      (["minimum": 3], "2", "at least 3"), (["type": ["object", "string"]], "plain", nil),
      (["type": ["object", "null"]], "plain", "did not return JSON"), ([:], "anything", nil),
    ] as [(JSONValue, String, String?)])
  func checksWhatATextReturns(_ returns: JSONValue, _ text: String, _ violation: String?) async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t", returns: returns) { _ in
      ToolOutput(text: text, announcements: [Announcement("terminal")])
    }
    let result = try await fixture.run("t")
    if let violation {
      #expect(result.error?.code == .invalidResponse)
      #expect(result.error?.message.hasPrefix("Invalid response of t: ") == true)
      #expect(result.error?.message.contains(violation) == true, "\(result.text)")
      if !text.isEmpty { #expect(result.text.hasSuffix("\n\(text)")) }
    } else {
      #expect(result.error == nil)
      #expect(result.text == text)
    }
    // It ran: what it did is told either way.
    #expect(await fixture.announcements("terminal").count == 1)
  }

  @Test func checksAValueAsItIs() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t", returns: Self.object) { ToolOutput(json: $0.arguments) }
    #expect(try await fixture.run("t", "{\"n\":5}", id: "1").text == "{\"n\":5}")
    #expect(try await fixture.run("t", "{\"n\":\"5\"}", id: "2").error?.code == .invalidResponse)
    // What the executor itself has cut cannot be checked.
    try await fixture.add("cut", returns: Self.object) { _ in ToolOutput(text: "{\"n\":", totalBytes: 1 << 20) }
    #expect(try await fixture.run("cut", id: "3").error == nil)
    try await fixture.add("large", returns: ["items": ["type": "integer"]]) { _ in
      ToolOutput(json: .array(Array(repeating: .int(7), count: 2_000_000)))
    }
    #expect(try await fixture.run("large", id: "4").error == nil)
  }

  @Test func aSchemaThatIsNoneIsRefused() async throws {
    let fixture = try await BusFixture()
    await #expect(throws: SandboxError.self) { try await fixture.add("t", returns: ["type": "nonsense"]) }
    #expect(await fixture.bus.listTools().isEmpty)
  }

  @Test func aFailureIsNotChecked() async throws {
    let fixture = try await BusFixture()
    try await fixture.add("t", returns: Self.object) { _ throws(SandboxError) in throw SandboxError(.toolFailed, "no") }
    #expect(try await fixture.run("t").text == "no")
  }
}
