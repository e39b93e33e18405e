import SandboxCore
import SandboxTestKit
import Synchronization
import Testing

@Suite struct SessionLogRedactionTests {
  private static let canary = "cAn\"arY\\+/=é-0123456789"

  private static func isTold(_ text: String) -> Bool {
    text.contains(canary) || text.contains(JSONValue.string(canary).text().dropFirst().dropLast())
      || text.contains(Base64.encode(Array(canary.utf8)).dropLast(2))
  }

  private func everyPlace() -> [SessionEvent] {
    let text = "a \(Self.canary) b"
    let encoded = Base64.encode(Array(Self.canary.utf8))
    let task = TaskID.root
    let call = CallID("root/1.0")
    let error = ErrorRecord(code: .toolFailed, message: text)
    let arguments: JSONValue = ["q": .string(text)]
    let request = ToolCallRequest(id: call, providerID: "p", name: "t", arguments: arguments.text())
    return [
      .taskCreated(TaskCreated(taskID: task, parent: nil, agentID: .meta, prompt: text)),
      .taskStarted(TaskStarted(taskID: task, model: "m", system: text, prompt: encoded, tools: [])),
      .modelCallStarted(
        ModelCallStarted(
          callID: CallID("root/1"), taskID: task, agentID: .meta, model: "m", step: 1, attempt: 1, reservation: .zero)),
      .modelCallCompleted(
        ModelCallCompleted(
          callID: CallID("root/1"), taskID: task, message: AssistantMessage(text: text, toolCalls: [request]),
          finishReason: "stop", usage: TokenUsage(input: 1, output: 1), cost: .zero, requestID: nil,
          durationMilliseconds: 1)),
      .toolCallStarted(
        ToolCallStarted(
          callID: call, taskID: task, agentID: .meta, toolID: ToolID("t"), toolVersion: "1", category: "c",
          effect: .pure, arguments: ["q": .string(text), Self.canary: [.string(encoded)]], parentCallID: nil,
          reservation: .zero, maxRetries: 0)),
      .toolCallRetried(ToolCallRetried(callID: call, attempt: 2, error: error, delayMilliseconds: 1)),
      .toolCallCompleted(
        ToolCallCompleted(
          callID: call, taskID: task, status: .completed, output: text, error: error, cost: .zero, outputBytes: 1,
          isTruncated: false, durationMilliseconds: 1)),
      .transcriptNoted(TranscriptNoted(taskID: task, note: text)),
      .blackboardWritten(
        BlackboardEntry(
          namespace: "n", key: Self.canary, value: [.string(text)], version: 1, agentID: .meta, metadata: .null,
          createdAt: 1, updatedAt: 1)),
      .announced(Announcement("progress", ["message": .string(text)])),
      .stopRequested(StopReason(.failure, text)),
      .taskFinished(TaskFinished(taskID: task, status: .failed, result: text, error: error)),
    ]
  }

  @Test func noCanaryIsInRecordsStateOrWhatObserversSee() async throws {
    let journal = InMemoryJournal()
    let seen = Mutex<[String]>([])
    let log = SessionLog(
      journal: journal, time: .system, redactor: Redactor(secrets: [Self.canary]),
      observers: [{ records, state in seen.withLock { $0.append("\(records) \(state)") } }])
    for event in everyPlace() {
      #expect(Self.isTold(try event.body().text()) || event.type == "model_call_started")
      try await log.append(event)
    }
    let decided = try await log.transact { _ throws(SandboxError) in (self.everyPlace().suffix(3).dropLast(), "done") }
    #expect(decided == "done")
    let records = await journal.records
    #expect(records.count == 14)
    for record in records { #expect(!Self.isTold(try record.event.body().text()), "\(record.event.type)") }
    #expect(SessionState.fold(records) == log.current)
    #expect(!Self.isTold("\(log.current)"))
    #expect(!seen.withLock { $0.contains(where: Self.isTold) })
    #expect(log.current.tasks[.root]?.transcript?.turns.first?.message.text == "a [REDACTED] b")
    #expect(log.current.blackboard["n"]?["[REDACTED]"]?.value == ["a [REDACTED] b"])
    let arguments = log.current.tasks[.root]?.transcript?.turns.first?.message.toolCalls.first?.arguments ?? ""
    #expect(try JSONValue(parsing: arguments) == ["q": "a [REDACTED] b"])
    #expect(log.redactor.hits > 10)
  }

  /// A word of the program that somebody has for a secret does not stop the session, and the rest is hidden all the same.
  @Test func wordsOfTheProgramStay() throws {
    let redactor = Redactor(secrets: ["completed", "arguments", "durationMilliseconds", "1700000000000", "real-secret"])
    let call = CallID("root/1.0")
    let completed = ToolCallCompleted(
      callID: call, taskID: .root, status: .completed, output: "real-secret", error: nil, cost: .zero, outputBytes: 1,
      isTruncated: false, durationMilliseconds: 1_700_000_000_000)
    guard case .toolCallCompleted(let clean) = try SessionEvent.toolCallCompleted(completed).redacted(by: redactor)
    else { return #expect(Bool(false), "another event") }
    #expect(clean.output == "[REDACTED]" && clean.durationMilliseconds == 1_700_000_000_000)
    let finished = SessionEvent.taskFinished(TaskFinished(taskID: .root, status: .completed, result: "real-secret"))
    guard case .taskFinished(let task) = try finished.redacted(by: redactor) else {
      return #expect(Bool(false), "another event")
    }
    #expect(task.status == .completed && task.result == "[REDACTED]")
  }

  @Test func cleanEventsStayAsTheyAre() throws {
    let redactor = Redactor(secrets: [Self.canary])
    for event in SessionEventSamples.all { #expect(try event.redacted(by: redactor) == event, "\(event.type)") }
    #expect(redactor.hits == 0)
  }
}
