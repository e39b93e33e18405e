import SandboxCore
import SandboxSQLite
import SandboxStore
import Testing

/// What SQL says about a session is what its state says.
@Suite struct ProjectionTests {
  @Test(.timeLimit(.minutes(2))) func tablesAgreeWithTheState() async throws {
    let folder = try TemporaryFolder()
    let session = try folder.session("s")
    let journal = try await SQLiteJournal.open(directory: session)
    let log = SessionLog(journal: journal, time: .system)
    try await RandomWork.run(log, seed: 77, workers: 6, steps: 80)
    let state = log.current
    try await journal.close()
    try withDatabase(session) { database in
      try tasks(database, state)
      try calls(database, state)
      try money(database, state)
      try board(database, state)
      try results(database, state)
      try lifecycle(database, state)
    }
  }

  private func tasks(_ database: SQLiteConnection, _ state: SessionState) throws {
    let rows = try database.query("SELECT task_id, parent_id, status, error_code, finished_ms FROM task ORDER BY 1")
    let expected = state.tasks.values.sorted { $0.id < $1.id }.map { task -> [SQLiteValue] in
      [
        .text(task.id.rawValue), SQLiteValue(task.parent?.rawValue), .text(task.status.rawValue),
        SQLiteValue(task.error?.code.rawValue), SQLiteValue(task.finishedAt),
      ]
    }
    #expect(rows == expected)
    #expect(rows.count > 10)
    let plans = try database.query("SELECT plan_id FROM plan ORDER BY seq").map { $0[0] }
    #expect(plans == state.plans.map { .text($0.id) })
    #expect(try database.scalar("SELECT count(*) FROM plan_step") == .int(Int64(state.plans.count * 2)))
  }

  private func calls(_ database: SQLiteConnection, _ state: SessionState) throws {
    let executions = try database.query(
      "SELECT id, status, attempts, output_bytes, error_code, ended_ms FROM tool_execution ORDER BY start_seq")
    let expected = state.executionOrder.compactMap { state.executions[$0] }.map { execution -> [SQLiteValue] in
      [
        .text(execution.id.rawValue), .text(execution.status.rawValue), .int(Int64(execution.attempts)),
        .int(Int64(execution.outputBytes)), SQLiteValue(execution.error?.code.rawValue),
        SQLiteValue(execution.endedAt),
      ]
    }
    #expect(executions == expected)
    let models = try database.query("SELECT id, status, input_tokens, cost_microusd FROM model_call ORDER BY id")
    let expectedModels = state.modelCalls.values.sorted { $0.started.callID < $1.started.callID }
      .map { call -> [SQLiteValue] in
        [
          .text(call.started.callID.rawValue), .text(call.status.rawValue), .int(Int64(call.usage.input)),
          .int(call.cost.microdollars),
        ]
      }
    #expect(models == expectedModels)
    #expect(models.count > 10 && executions.count > 10)
  }

  private func money(_ database: SQLiteConnection, _ state: SessionState) throws {
    let spent = try database.query(
      """
      SELECT (SELECT sum(cost_microusd) FROM model_call) + (SELECT sum(cost_microusd) FROM tool_execution),
        (SELECT sum(charged_tokens) FROM model_call),
        (SELECT total(reserved_microusd) FROM model_call WHERE status = 'executing')
          + (SELECT total(reserved_microusd) FROM tool_execution WHERE status = 'executing')
      """)
    let session = state.budget.session
    #expect(spent[0][0] == .int(session.spent.cost.microdollars))
    #expect(spent[0][1] == .int(Int64(session.spent.tokens)))
    #expect(spent[0][2] == .real(Double(session.reserved.cost.microdollars)))
    #expect(state.metrics.cost == session.spent.cost)
  }

  private func board(_ database: SQLiteConnection, _ state: SessionState) throws {
    let entries = state.blackboard.values.flatMap(\.values)
    let rows = try database.query("SELECT ns, key, version, value, agent_id FROM blackboard")
    #expect(rows.count == entries.count)
    for entry in entries {
      let value: SQLiteValue = entry.value.isNull ? nil : .text(entry.value.text(.canonical))
      let isLong = entry.value.text().utf8.count > 16 << 10
      let expected: [SQLiteValue] = [
        .text(entry.namespace), .text(entry.key), .int(Int64(entry.version)), isLong ? nil : value,
        .text(entry.agentID.rawValue),
      ]
      #expect(rows.contains(expected))
    }
    let history = try database.scalar("SELECT count(*) FROM blackboard_history")
    #expect(history == .int(Int64(entries.reduce(0) { $0 + $1.version })))
  }

  private func results(_ database: SQLiteConnection, _ state: SessionState) throws {
    let artifacts = try database.query("SELECT name, version, size FROM artifact ORDER BY name")
    #expect(
      artifacts
        == state.artifacts.sorted { $0.name < $1.name }
        .map { [.text($0.name), .int(Int64($0.version)), .int(Int64($0.content.size))] })
    let outbox = try database.query("SELECT id, kind, attempts, is_acknowledged, error_code FROM outbox ORDER BY seq")
    #expect(
      outbox
        == state.outbox.map {
          [
            .text($0.item.id), "status", .int(Int64($0.attempts)), $0.isAcknowledged ? 1 : 0,
            SQLiteValue($0.error?.code.rawValue),
          ]
        })
  }

  private func lifecycle(_ database: SQLiteConnection, _ state: SessionState) throws {
    let session = try database.query(
      "SELECT session_id, phase, teardown, started_ms, stop_detail, outcome, limit_tokens FROM session")
    #expect(
      session == [
        [
          "s-1", .text(state.lifecycle.phase.rawValue), .text(state.lifecycle.teardown.rawValue),
          SQLiteValue(state.lifecycle.startedAt), SQLiteValue(state.stop?.detail),
          SQLiteValue(state.lifecycle.outcome?.name), 1_000_000,
        ]
      ])
    let transitions = try database.query("SELECT seq, from_phase, to_phase, time_ms FROM transition ORDER BY seq")
    #expect(
      transitions
        == state.lifecycle.history.map {
          [.int($0.sequence), .text($0.transition.from.rawValue), .text($0.transition.to.rawValue), .int($0.at)]
        })
    #expect(transitions.count > 5)
  }
}
