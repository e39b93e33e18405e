import SandboxTestKit
import SandboxCore

/// A worker that changes a session in every way there is, also in ways that the fold has to ignore. What it does
/// depends on the seed, when it does it on the other workers.
struct RandomWork {
  let log: SessionLog
  let board: Blackboard
  let name: String
  private var random: SeededGenerator
  private var tasks: [TaskID] = [.root]
  private var modelCalls: [(CallID, TaskID)] = []
  private var toolCalls: [(CallID, TaskID)] = []
  private var count = 0

  init(_ log: SessionLog, name: String, seed: UInt64) {
    self.log = log
    self.name = name
    board = Blackboard(log: log)
    random = SeededGenerator(seed: seed)
  }

  /// Runs several workers at the same time on a session that begins here.
  static func run(_ log: SessionLog, seed: UInt64, workers: Int, steps: Int) async throws {
    try await log.append([Sample.sessionCreated(), Sample.taskCreated(.root, parent: nil), Sample.taskStarted(.root)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<workers {
        var work = RandomWork(log, name: "w\(worker)", seed: seed &+ UInt64(worker))
        group.addTask { for _ in 0..<steps { try await work.step() } }
      }
      try await group.waitForAll()
    }
  }

  mutating func step() async throws {
    count += 1
    let task = random.pick(tasks) ?? .root
    switch Int.random(in: 0..<12, using: &random) {
    case 0: try await makeTask()
    case 1: try await log.append(.taskFinished(TaskFinished(taskID: task, status: status(), result: text())))
    case 2:
      let call = CallID("\(name)/\(count)")
      modelCalls.append((call, task))
      try await log.append([Sample.modelStarted(call, task), announcement()])
    case 3: try await endModelCall()
    case 4, 5:
      let call = CallID("\(name)/\(count).0")
      toolCalls.append((call, task))
      try await log.append([Sample.toolStarted(call, task, arguments: value()), announcement()])
    case 6: try await endToolCall()
    case 7: try await write()
    case 8: try await transition()
    case 9: try await log.append(Sample.artifact("report-\(Int.random(in: 0..<4, using: &random)).md", version: count))
    case 10: try await outbox()
    default: try await rare(task)
    }
  }

  private mutating func makeTask() async throws {
    let id = TaskID("root.\(name).\(count)")
    tasks.append(id)
    try await log.append([Sample.taskCreated(id, parent: .root), Sample.taskStarted(id)])
  }

  // The call stays in the list: one that has ended may be told to end once more.
  private mutating func endModelCall() async throws {
    guard let (call, task) = random.pick(modelCalls) else { return }
    let amount = Int64.random(in: 0..<900, using: &random)
    try await log.append(
      random.chance(70)
        ? Sample.modelCompleted(call, task, input: Int(amount), cost: amount, text: text())
        : Sample.modelFailed(call, task, charged: amount))
  }

  private mutating func endToolCall() async throws {
    guard let (call, task) = random.pick(toolCalls) else { return }
    if random.chance(30) {
      let error = ErrorRecord(code: .unavailable, message: "try again")
      try await log.append(
        .toolCallRetried(ToolCallRetried(callID: call, attempt: 2, error: error, delayMilliseconds: 10)))
    }
    let cost = Int64.random(in: 0..<60, using: &random)
    try await log.append([Sample.toolCompleted(call, task, cost: cost, output: text()), announcement()])
  }

  private mutating func write() async throws {
    // The last two are one key to Swift: composed and decomposed.
    let key = random.pick(["plan", "facts", "caf\u{e9}", "cafe\u{301}"]) ?? "plan"
    let expected = random.chance(40) ? board.read("shared", key)?.version ?? 0 : nil
    do throws(SandboxError) {
      try await board.write("shared", key, value(), by: AgentID(name), metadata: ["n": 1], expectedVersion: expected)
    } catch {
      guard error.code == .conflict else { throw error }
    }
  }

  private mutating func transition() async throws {
    var random = random
    try await log.transact { state throws(SandboxError) in
      let next = state.lifecycle.phase.successors.filter { !$0.isTerminal && $0 != .completing }.sorted {
        $0.rawValue < $1.rawValue
      }
      guard let target = random.pick(next),
        let transition = try state.lifecycle.transition(
          to: target, reason: "chance", actor: "test", session: SessionID("s-1"))
      else { return ([], ()) }
      return ([.stateChanged(transition)], ())
    }
    self.random = random
  }

  private mutating func outbox() async throws {
    let id = "item-\(Int.random(in: 0..<6, using: &random))"
    let error = random.chance(50) ? nil : ErrorRecord(code: .timeout, message: "no answer")
    try await log.append([
      Sample.outbox(id, Int64(count)),
      .outboxAttempted(OutboxAttempted(id: id, isAcknowledged: error == nil && random.chance(50), error: error)),
    ])
  }

  private mutating func rare(_ task: TaskID) async throws {
    let step = PlanStep(
      id: "a", description: "d", agentID: .meta, task: text(), dependencies: [],
      alternative: PlanStep.Alternative(agentID: .meta, task: "else"))
    let plan = Plan(id: "p\(count)", description: "plan", steps: [step, step])
    let call = CallID("\(name)/\(count).9")
    let refused = ToolCallRefused(
      callID: call, taskID: task, agentID: AgentID(name), toolID: ToolID("nope"), arguments: value(),
      error: ErrorRecord(code: .notFound, message: "no such tool"))
    let loaded = ToolsLoaded(
      tools: [.init(id: ToolID("echo"), version: "1", category: "search", effect: .pure)],
      rejected: [ManifestProblem(file: "f", pointer: "/id", reason: "empty")])
    let choices: [SessionEvent] = [
      .planCreated(PlanCreated(plan: plan, taskID: task)), .toolCallRefused(refused), .toolsLoaded(loaded),
      .transcriptNoted(TranscriptNoted(taskID: task, note: text())), .teardownChanged(.running),
      .stopRequested(StopReason(.cost, name)), .outcomeDecided(Outcome(stop: nil, failedTasks: count, isSynced: true)),
    ]
    if let event = random.pick(choices) { try await log.append(event) }
  }

  private mutating func status() -> TaskStatus { random.pick([.completed, .failed, .cancelled, .skipped]) ?? .failed }

  /// Sometimes too long for a row.
  private mutating func text() -> String {
    if random.chance(8) {
      return String(repeating: "long \(name) ", count: Int.random(in: 2_000..<9_000, using: &random))
    }
    return random.pick(["", "plain", "zero\u{0}byte", "🧪 \u{2028} \"quoted\" \\ line\nbreak", "e\u{301}"]) ?? ""
  }

  private mutating func value() -> JSONValue {
    let values: [JSONValue] = [
      .null, 1, 1.0, .decimal("1e400"), .int(.min), .double(-0.0), ["b": [1, 2, ["deep": .null]], "a": true],
      .string(text()),
    ]
    return random.pick(values) ?? .null
  }

  /// One has the name of a fact and is none.
  private mutating func announcement() -> SessionEvent {
    .announced(Announcement(random.pick(["progress", "task_started"]) ?? "progress", value()))
  }
}
