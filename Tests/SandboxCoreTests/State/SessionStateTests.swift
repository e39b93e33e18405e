import SandboxCore
import Testing

@Suite struct SessionStateTests {
  private static func fold(_ events: [SessionEvent]) -> SessionState {
    SessionState.fold(
      events.enumerated().map { index, event in
        EventRecord(sequence: Int64(index + 1), time: 1_000 + Int64(index), actor: "meta", event: event)
      })
  }

  private static func plan(_ id: String) -> SessionEvent {
    .planCreated(PlanCreated(plan: Plan(id: id, description: "", steps: []), taskID: .root))
  }

  /// A task that was created and came to its end.
  private static func task(
    _ id: String, _ status: TaskStatus, plan: String? = nil, step: String? = nil
  ) -> [SessionEvent] {
    let created = TaskCreated(
      taskID: TaskID(id), parent: id == "root" ? nil : .root, agentID: AgentID("omega:x"), prompt: "", planID: plan,
      stepID: step)
    guard status != .pending else { return [.taskCreated(created)] }
    return [.taskCreated(created), .taskFinished(TaskFinished(taskID: TaskID(id), status: status))]
  }

  @Test func failuresThatWereMadeGoodDoNotCount() {
    let table: [(name: String, events: [SessionEvent], failed: [String])] = [
      ("nothing", [], []),
      ("all well", Self.task("root.1", .completed), []),
      ("a delegation failed", Self.task("root.1", .failed), ["root.1"]),
      (
        "cancelled and skipped count", Self.task("root.2", .skipped) + Self.task("root.1", .cancelled),
        ["root.1", "root.2"]
      ),
      ("pending does not", Self.task("root.1", .pending), []),
      ("the meta-agent's own task does not", Self.task("root", .failed), []),
      ("a step failed", [Self.plan("p1")] + Self.task("root.1", .failed, plan: "p1", step: "a"), ["root.1"]),
      (
        "its alternative succeeded",
        [Self.plan("p1")] + Self.task("root.1", .failed, plan: "p1", step: "a")
          + Self.task("root.2", .completed, plan: "p1", step: "a"), []
      ),
      (
        "another step succeeded",
        [Self.plan("p1")] + Self.task("root.1", .failed, plan: "p1", step: "a")
          + Self.task("root.2", .completed, plan: "p1", step: "b"), ["root.1"]
      ),
      (
        "a later plan took its place",
        [Self.plan("p1")] + Self.task("root.1", .failed, plan: "p1", step: "a") + [Self.plan("p2")]
          + Self.task("root.2", .completed, plan: "p2", step: "b"), []
      ),
      (
        "the later plan failed too",
        [Self.plan("p1")] + Self.task("root.1", .failed, plan: "p1", step: "a") + [Self.plan("p2")]
          + Self.task("root.2", .failed, plan: "p2", step: "a"), ["root.2"]
      ),
      (
        "the same step of another plan is not an alternative",
        [Self.plan("p1")] + Self.task("root.1", .completed, plan: "p1", step: "a") + [Self.plan("p2")]
          + Self.task("root.2", .failed, plan: "p2", step: "a"), ["root.2"]
      ),
      (
        "a delegation without a step is not made good by another",
        Self.task("root.1", .failed) + Self.task("root.2", .completed), ["root.1"]
      ),
    ]
    for row in table {
      #expect(Self.fold(row.events).unrecoveredFailures.map(\.id.rawValue) == row.failed, "\(row.name)")
    }
  }

  /// Every event may come twice or for something unknown: the second changes nothing, the stranger is ignored.
  @Test func repeatedAndStrayEventsAreHarmless() {
    let samples = SessionEventSamples.all
    var strays = SessionState()
    for (index, event) in samples.reversed().enumerated() {
      strays.evolve(EventRecord(sequence: Int64(index + 1), time: 1, actor: "x", event: event))
    }
    #expect(strays.sequence == Int64(samples.count))
    let once = Self.fold(samples)
    #expect(once.budget.session.spent.cost == Money(microdollars: 6 + 8))
    let repeatable: Set = [9, 11, 12, 13, 14, 16, 17]
    let twice = Self.fold(samples + samples.filter { repeatable.contains(SessionEventSamples.number(of: $0)) })
    #expect(twice.metrics == once.metrics)
    #expect(twice.budget == once.budget)
    #expect(twice.executions == once.executions)
  }

  @Test func theStateSurvivesTheWayThroughJSON() throws {
    let state = Self.fold(SessionEventSamples.all)
    #expect(try JSONValue(parsing: JSONValue.encoding(state).text()).decode(SessionState.self) == state)
  }

  @Test func theFirstReasonToStopStands() {
    let state = Self.fold([.stopRequested(StopReason(.cost, "first")), .stopRequested(StopReason(.io, "second"))])
    #expect(state.stop == StopReason(.cost, "first"))
  }
}
