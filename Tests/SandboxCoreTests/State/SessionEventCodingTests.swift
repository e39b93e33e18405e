import SandboxCore
import Testing

@Suite struct SessionEventCodingTests {
  @Test func thereIsASampleOfEveryCase() {
    let numbers = Set(SessionEventSamples.all.map(SessionEventSamples.number))
    #expect(numbers == Set(0..<SessionEventSamples.caseCount))
  }

  @Test func everyCaseSurvivesTheWayThroughTheJournal() throws {
    for event in SessionEventSamples.all {
      let text = try event.body().text()
      let back = try SessionEvent(type: event.type, body: JSONValue(parsing: text))
      #expect(back == event, "\(event.type)")
      #expect(back.type == event.type)
    }
  }

  @Test func everyCaseHasANameOfItsOwn() {
    var numberByType: [String: Int] = [:]
    for event in SessionEventSamples.all {
      guard SessionEventSamples.number(of: event) != 22 else { continue }
      let number = SessionEventSamples.number(of: event)
      #expect(numberByType.updateValue(number, forKey: event.type).map { $0 == number } != false, "\(event.type)")
    }
    #expect(numberByType.count == SessionEventSamples.caseCount - 1)
  }

  @Test func aNameThatIsNotOursIsAnAnnouncement() throws {
    let event = try SessionEvent(type: "something_new", body: ["a": 1])
    #expect(event == .announced(Announcement("something_new", ["a": 1])))
  }

  @Test(arguments: ["session_created", "state_changed", "task_created", "tool_call_completed", "stop_requested"])
  func aBodyThatDoesNotFitIsRefused(type: String) {
    for body in [nil, [], ["kind": 1], "text"] as [JSONValue] {
      let error = #expect(throws: SandboxError.self) { try SessionEvent(type: type, body: body) }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test func anUnknownWordInABodyIsRefused() throws {
    let transition = SessionEvent.stateChanged(Transition(from: .pending, to: .running, reason: "", actor: ""))
    var body = try #require(try transition.body().objectValue)
    body["to"] = "dancing"
    #expect(throws: SandboxError.self) { try SessionEvent(type: "state_changed", body: .object(body)) }
  }
}
