import SandboxCore

/// Events as a session makes them.
enum Sample {
  static func sessionCreated(_ id: String = "s-1") -> SessionEvent {
    .sessionCreated(
      SessionCreated(
        sessionID: SessionID(id), workspaceID: "w", sandboxID: "b", userID: "u", mode: "custom",
        request: "count the words", model: "offline", limits: ExecutionLimits(),
        budget: BudgetLimit(cost: Money(microdollars: 5_000_000), tokens: 1_000_000),
        holdback: Amount(cost: Money(microdollars: 1000), tokens: 10), program: "test", configurationDigest: "d"))
  }

  static func taskCreated(_ id: TaskID, parent: TaskID?) -> SessionEvent {
    .taskCreated(
      TaskCreated(
        taskID: id, parent: parent, agentID: AgentID("omega:search"), prompt: "find «\(id)»",
        limit: BudgetLimit(cost: Money(microdollars: 1_000_000))))
  }

  static func taskStarted(_ id: TaskID) -> SessionEvent {
    .taskStarted(TaskStarted(taskID: id, model: "offline", system: "be brief", prompt: "go", tools: [ToolID("echo")]))
  }

  static func modelStarted(_ id: CallID, _ task: TaskID) -> SessionEvent {
    .modelCallStarted(
      ModelCallStarted(
        callID: id, taskID: task, agentID: AgentID("omega:search"), model: "offline", step: 1, attempt: 1,
        reservation: Amount(cost: Money(microdollars: 500), tokens: 100)))
  }

  static func modelCompleted(_ id: CallID, _ task: TaskID, input: Int, cost: Int64, text: String) -> SessionEvent {
    .modelCallCompleted(
      ModelCallCompleted(
        callID: id, taskID: task,
        message: AssistantMessage(
          text: text,
          toolCalls: [ToolCallRequest(id: CallID("\(id).0"), providerID: "p", name: "echo", arguments: "{\"a\":1}")]),
        finishReason: "tool_calls",
        usage: TokenUsage(input: input, output: 7, cachedInput: 3, cacheWrite: 2, reasoning: 1),
        cost: Money(microdollars: cost), requestID: "r", durationMilliseconds: 12))
  }

  static func modelFailed(_ id: CallID, _ task: TaskID, charged: Int64) -> SessionEvent {
    .modelCallFailed(
      ModelCallFailed(
        callID: id, taskID: task, error: ErrorRecord(code: .unavailable, message: "503"),
        charged: Amount(cost: Money(microdollars: charged), tokens: Int(charged / 10)), willRetry: true))
  }

  static func toolStarted(_ id: CallID, _ task: TaskID, arguments: JSONValue = ["text": "x"]) -> SessionEvent {
    .toolCallStarted(
      ToolCallStarted(
        callID: id, taskID: task, agentID: AgentID("omega:search"), toolID: ToolID("echo"), toolVersion: "1.0.0",
        category: "search", effect: .pure, arguments: arguments, parentCallID: nil,
        reservation: Amount(cost: Money(microdollars: 50)), maxRetries: 2))
  }

  static func toolCompleted(_ id: CallID, _ task: TaskID, cost: Int64, output: String) -> SessionEvent {
    .toolCallCompleted(
      ToolCallCompleted(
        callID: id, taskID: task, status: cost.isMultiple(of: 5) ? .failed : .completed, output: output,
        error: cost.isMultiple(of: 5) ? ErrorRecord(code: .toolFailed, message: "exit 1") : nil,
        cost: Money(microdollars: cost), outputBytes: output.utf8.count, isTruncated: false,
        durationMilliseconds: 4))
  }

  static func artifact(_ name: String, version: Int) -> SessionEvent {
    .artifactCreated(
      Artifact(
        id: ArtifactID("a-\(name)"), name: name, kind: .document, mediaType: "text/markdown", title: "Title",
        content: BlobReference(sha256: String(repeating: "0", count: 64), size: version), author: .meta,
        madeBy: [CallID("root/1.0")], version: version,
        metadata: ["words": .int(Int64(version)), "ratio": .double(0.5)]))
  }

  static func outbox(_ id: String, _ time: Int64) -> SessionEvent {
    .outboxQueued(
      OutboxItem(
        id: id, idempotencyKey: "key-\(id)",
        payload: .status(
          StatusUpdate(sessionID: SessionID("s-1"), phase: .running, sequence: 1, time: time, reason: "started"))))
  }

  /// Records as a session's log would number them.
  static func records(_ events: [SessionEvent], after sequence: Int64 = 0) -> [EventRecord] {
    events.enumerated().map { index, event in
      EventRecord(
        sequence: sequence + Int64(index) + 1, time: 1_700_000_000_000 + sequence + Int64(index), actor: "system",
        event: event)
    }
  }
}
