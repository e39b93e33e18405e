import SandboxCore
import Testing

@Suite struct TranscriptTests {
  private static func call(_ id: String) -> ToolCallRequest {
    ToolCallRequest(id: CallID(id), providerID: "p-\(id)", name: "tool", arguments: "{}")
  }

  private static func result(_ id: String) -> ToolResultMessage {
    ToolResultMessage(callID: CallID(id), providerID: "p-\(id)", text: "result of \(id)", isError: false)
  }

  @Test func resultsStandInCallOrderWhateverOrderTheyCameIn() {
    let first = AssistantMessage(text: "three", toolCalls: ["a", "b", "c"].map(Self.call))
    let second = AssistantMessage(text: "one", toolCalls: [Self.call("d")])
    let expected: [Message] =
      [.system("be brief"), .user("go"), .assistant(first)] + ["a", "b", "c"].map { .toolResult(Self.result($0)) }
      + [.user("careful\nreally"), .assistant(second), .toolResult(Self.result("d"))]
    for order in [
      ["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"], ["b", "a", "c"], ["c", "a", "b"], ["a", "c", "b"],
    ] {
      var transcript = Transcript(system: "be brief", prompt: "go")
      transcript.append(first)
      for id in order.dropLast() { transcript.append(Self.result(id)) }
      #expect(transcript.openCalls == order.suffix(1).map(Self.call))
      for id in order.suffix(1) { transcript.append(Self.result(id)) }
      #expect(transcript.openCalls == [])
      transcript.append(note: "careful")
      transcript.append(note: "really")
      transcript.append(second)
      transcript.append(Self.result("d"))
      #expect(transcript.messages == expected)
    }
  }

  @Test func aLateResultGoesToItsOwnTurnAndAStrangerNowhere() {
    var transcript = Transcript(system: "", prompt: "go")
    transcript.append(note: "before anything")
    transcript.append(Self.result("nobody asked"))
    transcript.append(AssistantMessage(text: "", toolCalls: [Self.call("a")]))
    transcript.append(AssistantMessage(text: "", toolCalls: [Self.call("b")]))
    transcript.append(Self.result("a"))
    transcript.append(Self.result("x"))
    #expect(transcript.openCalls == [Self.call("b")])
    #expect(
      transcript.messages == [
        .user("go"), .assistant(AssistantMessage(text: "", toolCalls: [Self.call("a")])), .toolResult(Self.result("a")),
        .assistant(AssistantMessage(text: "", toolCalls: [Self.call("b")])),
      ])
  }

  @Test func survivesTheWayThroughJSON() throws {
    var transcript = Transcript(system: "s", prompt: "p")
    transcript.append(AssistantMessage(text: "t", toolCalls: ["a", "b"].map(Self.call)))
    transcript.append(Self.result("b"))
    transcript.append(note: "n")
    #expect(try JSONValue(parsing: JSONValue.encoding(transcript).text()).decode(Transcript.self) == transcript)
  }
}
