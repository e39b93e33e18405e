import SandboxCore

/// An event of every case, with nothing left at its default.
enum SessionEventSamples {
  private static let task = TaskID("root.2")
  private static let call = CallID("root.2/4.0")
  private static let agent = AgentID("omega:research")
  private static let error = ErrorRecord(code: .toolFailed, message: "it broke \"badly\"\n")
  private static let amount = Amount(cost: Money(microdollars: 12_345), tokens: 678)
  private static let blob = BlobReference(sha256: String(repeating: "ab", count: 32), size: 1 << 40)

  private static let artifact = Artifact(
    id: ArtifactID("artifact-1"), name: "report.md", kind: .document, mediaType: "text/markdown", title: "Report ✓",
    content: blob, author: agent, madeBy: [call], version: 2, metadata: ["headings": ["a", "b"], "words": 12])

  private static let metrics = FinalMetrics(
    totalTokensUsed: 10, totalCost: Money(microdollars: 5), toolExecutions: 3, toolErrors: 1, durationMilliseconds: 99,
    tasksCompleted: 2, tasksFailed: 1)

  private static var limits: ExecutionLimits {
    var limits = ExecutionLimits()
    limits.maxCallsPerMinute = 10
    limits.tokenLimit = 4_000
    limits.costLimit = Money(microdollars: 1)
    return limits
  }

  static var all: [SessionEvent] { session + work + calls + results }

  private static var session: [SessionEvent] {
    [
      .sessionCreated(
        SessionCreated(
          sessionID: SessionID("s-1"), workspaceID: "w", sandboxID: "b", userID: "u", mode: "research", request: "go",
          model: "m", limits: limits, budget: BudgetLimit(cost: Money(microdollars: 9), tokens: nil), holdback: amount,
          program: "1.0", configurationDigest: "d")),
      .stateChanged(Transition(from: .loadingTools, to: .timedOut, reason: "r", actor: "system")),
      .toolsLoaded(
        ToolsLoaded(
          tools: [.init(id: ToolID("t"), version: "1", category: "research", effect: .queryable)],
          rejected: [ManifestProblem(file: "f.json", pointer: "/a/0", reason: "no", isWarning: true)])),
      .stopRequested(StopReason(.internalError, "why")),
      .outcomeDecided(Outcome(stop: StopReason(.cost, "spent"), failedTasks: 2, isSynced: false)),
      .outcomeDecided(Outcome(stop: nil, isSynced: true)),
      .teardownChanged(.running),
      .announced(Announcement("progress", ["n": 1.0, "deep": [[], ["k": nil]]])),
      .announced(Announcement("thinking", "just text")),
    ]
  }

  private static var work: [SessionEvent] {
    [
      .planCreated(
        PlanCreated(
          plan: Plan(
            id: "p", description: "d",
            steps: [
              PlanStep(
                id: "a", description: "x", agentID: agent, task: "t", dependencies: ["b"],
                alternative: .init(agentID: .meta, task: "u"))
            ]), taskID: .root)),
      .taskCreated(
        TaskCreated(
          taskID: task, parent: .root, agentID: agent, prompt: "p", planID: "p", stepID: "a",
          dependencies: [TaskID("root.1")], limit: BudgetLimit(tokens: 5))),
      .taskCreated(TaskCreated(taskID: .root, parent: nil, agentID: .meta, prompt: "")),
      .taskStarted(TaskStarted(taskID: task, model: "m", system: "s", prompt: "p", tools: [ToolID("t")])),
      .taskFinished(TaskFinished(taskID: task, status: .skipped, result: "r", error: error)),
      .transcriptNoted(TranscriptNoted(taskID: task, note: "n")),
    ]
  }

  private static var calls: [SessionEvent] {
    [
      .modelCallStarted(
        ModelCallStarted(
          callID: call, taskID: task, agentID: agent, model: "m", step: 4, attempt: 2, reservation: amount,
          isFinalAnswer: true)),
      .modelCallCompleted(
        ModelCallCompleted(
          callID: call, taskID: task,
          message: AssistantMessage(
            text: "t", toolCalls: [ToolCallRequest(id: call, providerID: "p", name: "n", arguments: "{not json")]),
          finishReason: "tool_calls",
          usage: TokenUsage(input: 1, output: 2, cachedInput: 3, cacheWrite: 4, reasoning: 5),
          cost: Money(microdollars: 6),
          requestID: "req", durationMilliseconds: 7)),
      .modelCallFailed(ModelCallFailed(callID: call, taskID: task, error: error, charged: amount, willRetry: true)),
      .toolCallStarted(
        ToolCallStarted(
          callID: call, taskID: task, agentID: agent, toolID: ToolID("t"), toolVersion: "1", category: "c",
          effect: .compensable, arguments: ["big": .decimal("123456789012345678901234567890"), "one": 1.0],
          parentCallID: CallID("up"), reservation: amount, maxRetries: 3)),
      .toolCallRetried(ToolCallRetried(callID: call, attempt: 2, error: error, delayMilliseconds: 1_000)),
      .toolCallCompleted(
        ToolCallCompleted(
          callID: call, taskID: task, status: .unknown, output: "o\u{0}\u{1F600}", error: error,
          cost: Money(microdollars: 8), outputBytes: 9, isTruncated: true, durationMilliseconds: 10)),
      .toolCallRefused(
        ToolCallRefused(
          callID: call, taskID: task, agentID: agent, toolID: ToolID("t"), arguments: nil, error: error)),
    ]
  }

  private static var results: [SessionEvent] {
    [
      .blackboardWritten(
        BlackboardEntry(
          namespace: "n", key: "k", value: [1, 2.5, "x"], version: 3, agentID: agent, metadata: ["m": nil],
          createdAt: 4,
          updatedAt: 5)),
      .artifactCreated(artifact),
      .outboxQueued(
        OutboxItem(
          id: "results", idempotencyKey: "k",
          payload: .results(
            ResultDelivery(
              sessionID: SessionID("s-1"), workspaceID: "w", answer: "a", artifacts: [artifact], metrics: metrics,
              outcome: "partial", error: "e")))),
      .outboxQueued(
        OutboxItem(
          id: "status", idempotencyKey: "k2",
          payload: .status(
            StatusUpdate(
              sessionID: SessionID("s-1"), phase: .cancelled, sequence: 9, time: 10, reason: "r", outcome: "cancelled",
              cancelledBy: "operator")))),
      .outboxAttempted(OutboxAttempted(id: "status", isAcknowledged: false, error: error)),
    ]
  }

  /// A number for each case. Without a default, so that a new case does not compile until it is here (and then
  /// ``caseCount`` and a sample are due).
  static func number(of event: SessionEvent) -> Int {
    switch event {
    case .sessionCreated: 0
    case .stateChanged: 1
    case .toolsLoaded: 2
    case .stopRequested: 3
    case .outcomeDecided: 4
    case .teardownChanged: 5
    case .planCreated: 6
    case .taskCreated: 7
    case .taskStarted: 8
    case .taskFinished: 9
    case .transcriptNoted: 10
    case .modelCallStarted: 11
    case .modelCallCompleted: 12
    case .modelCallFailed: 13
    case .toolCallStarted: 14
    case .toolCallRetried: 15
    case .toolCallCompleted: 16
    case .toolCallRefused: 17
    case .blackboardWritten: 18
    case .artifactCreated: 19
    case .outboxQueued: 20
    case .outboxAttempted: 21
    case .announced: 22
    }
  }

  static let caseCount = 23
}
