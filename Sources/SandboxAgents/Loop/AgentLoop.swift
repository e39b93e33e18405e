package import SandboxCore
package import SandboxTools

/// One agent at work on one task: model, tool calls, results, model, until it answers.
///
/// Its only state is the task's transcript in the log, so going on after a restart is the same as going on after a step:
/// open calls are run, else the model is asked.
package struct AgentLoop: Sendable {
  private let taskID: TaskID
  private let model: MeteredModel
  private let tools: ToolOffer
  private let bus: ToolBus
  private let log: SessionLog
  /// Model steps that may be answered; the answer may come with the last of them.
  private let maxIterations: Int

  static let emptyAnswerNote =
    "Note from the runtime: your reply was empty. Give your final answer as text, or call a tool."

  package init(
    taskID: TaskID, model: MeteredModel, tools: ToolOffer, bus: ToolBus, log: SessionLog, maxIterations: Int
  ) {
    self.taskID = taskID
    self.model = model
    self.tools = tools
    self.bus = bus
    self.log = log
    self.maxIterations = max(1, maxIterations)
  }

  /// Works until the task has an answer or a bound is reached. The task must have been started in the log.
  ///
  /// - Throws: `.cancelled`, `.io`, and what the model refuses for good. A tool's failure is the model's to deal with.
  package func run() async throws(SandboxError) -> AgentResult {
    while true {
      if Task.isCancelled { throw SandboxError(.cancelled, "task \(taskID) was cancelled") }
      switch log.read({ next(in: $0) }) {
      case .run(let calls, let offer): try await execute(calls, offer)
      case .ask(let step): _ = try await model.step(step)
      case .note(let text):
        try await log.append(.transcriptNoted(TranscriptNoted(taskID: taskID, note: text)))
      case .finish(let result): return result
      }
    }
  }

  enum Move: Sendable {
    case run([ToolCallRequest], ToolOffer)
    case ask(ModelStep)
    case note(String)
    case finish(AgentResult)
  }

  /// What comes next: a function of the task's record and of nothing else.
  func next(in state: SessionState) -> Move {
    guard let task = state.tasks[taskID], let transcript = task.transcript else {
      return .finish(AgentResult(.failed("task \(taskID) has not been started"), text: ""))
    }
    let offer = LoopWatch.isRestricted(transcript.turns) ? ToolOffer.none : tools
    let open = transcript.openCalls
    if !open.isEmpty { return .run(open, offer) }
    if let last = transcript.turns.last {
      if last.message.toolCalls.isEmpty {
        if !last.message.text.allSatisfy(\.isWhitespace) {
          return .finish(AgentResult(.completed, text: last.message.text))
        }
        if last.note == nil {
          let wasTold = transcript.turns.contains { $0.note?.contains(Self.emptyAnswerNote) == true }
          guard wasTold else { return .note(Self.emptyAnswerNote) }
          return .finish(AgentResult(.failed("the model gave no answer"), text: transcript.known))
        }
      } else {
        switch LoopWatch.verdict(transcript.turns) {
        case .fine: break
        case .note(let text): return .note(text)
        case .stop(let evidence):
          return .finish(
            AgentResult(.stopped(.loop, "\(task.agentID) (\(taskID)): \(evidence)"), text: transcript.known))
        }
      }
    }
    guard task.steps < maxIterations else {
      let detail = "\(task.agentID) (\(taskID)) used all \(maxIterations) iterations without a final answer"
      return .finish(AgentResult(.stopped(.iterations, detail), text: transcript.known))
    }
    guard let step = ModelStep(next: taskID, tools: offer, in: state) else {
      return .finish(AgentResult(.failed("task \(taskID) has not been started"), text: ""))
    }
    return .ask(step)
  }

  /// Runs the calls of one reply concurrently. The fold puts their results in call order, whatever order they come in.
  private func execute(_ calls: [ToolCallRequest], _ offer: ToolOffer) async throws(SandboxError) {
    let agentID = log.read { $0.tasks[taskID]?.agentID } ?? .system
    var refused: [SessionEvent] = []
    var allowed: [ToolCall] = []
    for call in calls {
      if let tool = offer.toolID(for: call.name) {
        allowed.append(
          ToolCall(id: call.id, taskID: taskID, agentID: agentID, tool: tool.rawValue, arguments: call.arguments))
      } else {
        refused.append(.toolCallRefused(notOffered(call, agentID, offer)))
      }
    }
    if !refused.isEmpty { try await log.append(refused, actor: agentID) }
    do {
      if allowed.count == 1 {
        _ = try await bus.execute(allowed[0])
      } else {
        try await withThrowingDiscardingTaskGroup { group in
          for call in allowed { group.addTask { [bus] in _ = try await bus.execute(call) } }
        }
      }
    } catch {
      throw SandboxError.wrap(error)
    }
    // A result that is not in the log would be asked for again for ever.
    if let call = log.read({ $0.tasks[taskID]?.transcript?.openCalls.first }) {
      throw SandboxError(.invalidState, "call \(call.id) of \(call.name) ended without a recorded result")
    }
  }

  private func notOffered(_ call: ToolCallRequest, _ agentID: AgentID, _ offer: ToolOffer) -> ToolCallRefused {
    let names = offer.specifications.prefix(30).map(\.name).joined(separator: ", ")
    let name = call.name.excerpt(128)
    return ToolCallRefused(
      callID: call.id, taskID: taskID, agentID: agentID, toolID: ToolID(name),
      arguments: .string(String(call.arguments.unicodeScalars.prefix(4096))),
      error: ErrorRecord(
        code: .notFound,
        message: "Tool \(name) not found; "
          + (names.isEmpty ? "no tools are available, answer in text" : "your tools: \(names)")))
  }
}
