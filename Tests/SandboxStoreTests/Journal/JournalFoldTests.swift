import SandboxCore
import SandboxSQLite
import SandboxStore
import Testing

@Suite struct JournalFoldTests {
  @Test(.timeLimit(.minutes(2)), arguments: [1, 2, 3] as [UInt64])
  func foldingTheJournalGivesTheLiveState(seed: UInt64) async throws {
    let folder = try TemporaryFolder()
    let session = try folder.session("s")
    let journal = try await SQLiteJournal.open(directory: session)
    let log = SessionLog(journal: journal, time: .system)
    try await RandomWork.run(log, seed: seed * 1000, workers: 8, steps: 60)
    let live = log.current
    #expect(live.sequence > 400)

    #expect(SessionState.fold(try await journal.records()) == live)
    try await journal.integrityCheck()
    #expect(try await journal.query("SELECT count(*) FROM events WHERE blob IS NOT NULL")[0][0] != 0)
    try await journal.close()

    let again = try await SQLiteJournal.open(directory: session)
    let records = try await again.records()
    #expect(SessionState.fold(records) == live)
    #expect(records.map(\.sequence) == Array(1...live.sequence))
    // A session that resumes goes on in the same journal.
    let resumed = SessionLog(journal: again, resuming: SessionState.fold(records), time: .system)
    try await resumed.append(.teardownChanged(.done))
    #expect(SessionState.fold(try await again.records()) == resumed.current)
    try await again.close()
  }

  @Test func longBodiesLieBesideTheJournalAndComeBack() async throws {
    let folder = try TemporaryFolder()
    let session = try folder.session("s")
    let journal = try await SQLiteJournal.open(directory: session)
    let long = String(repeating: "0123456789abcdef", count: 4096)
    let call = CallID("root/1.0")
    let records = Sample.records([
      Sample.toolStarted(call, .root, arguments: ["text": .string(long)]),
      Sample.toolCompleted(call, .root, cost: 1, output: long),
      .announced(Announcement("progress", .string(String(repeating: "x", count: (16 << 10) - 2)))),
      .announced(Announcement("progress", .string(String(repeating: "x", count: (16 << 10) - 1)))),
    ])
    try await journal.commit(records)
    #expect(try await journal.query("SELECT seq FROM events WHERE body IS NULL") == [[1], [2], [4]])
    #expect(try await journal.query("SELECT input, output, output_bytes FROM tool_execution") == [[nil, nil, 65536]])
    #expect(TemporaryFolder.names(in: "\(session)/blobs").count == 3)
    #expect(try await journal.records() == records)
    try await journal.close()
  }

  @Test func bodiesMayBeAsDeepAsTheParserGoes() async throws {
    let folder = try TemporaryFolder()
    let journal = try await SQLiteJournal.open(directory: try folder.session("s"))
    var value: JSONValue = 1
    for _ in 0..<600 { value = [value] }
    let records = Sample.records([Sample.toolStarted(CallID("root/1.0"), .root, arguments: value)])
    try await journal.commit(records)
    #expect(try await journal.records() == records)
    try await journal.close()
  }

  @Test func theDatabaseItselfKeepsEventsAsTheyAre() async throws {
    let folder = try TemporaryFolder()
    let journal = try await SQLiteJournal.open(directory: try folder.session("s"))
    try await journal.commit(Sample.records([Sample.sessionCreated(), Sample.taskStarted(.root)]))
    let attempts = [
      "UPDATE events SET actor = 'x' WHERE seq = 1", "DELETE FROM events WHERE seq = 2",
      "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 2",
      "INSERT INTO events SELECT 4, time_ms, type, ver, actor, task_id, corr_id, body, blob, chain FROM events LIMIT 1",
    ]
    for attempt in attempts {
      #expect(await sandboxError { try await journal.execute(attempt) }?.code == .invalidArgument, "\(attempt)")
    }
    try await journal.integrityCheck()
    try await journal.close()
  }

  @Test func thirtyTwoWritersLoseNothingOnTheBlackboard() async throws {
    let folder = try TemporaryFolder()
    let session = try folder.session("s")
    let journal = try await SQLiteJournal.open(directory: session)
    let log = SessionLog(journal: journal, time: .system)
    let board = Blackboard(log: log)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<32 {
        group.addTask {
          for _ in 0..<10 {
            var isWritten = false
            while !isWritten {
              let generation = log.generation
              let present = board.read("shared", "counter")
              let next = JSONValue.int(Int64((present?.value.intValue ?? 0) + 1))
              do throws(SandboxError) {
                try await board.write(
                  "shared", "counter", next, by: AgentID("agent-\(writer)"), expectedVersion: present?.version ?? 0)
                isWritten = true
              } catch {
                guard error.code == .conflict else { throw error }
                // The version that won may be decided and not yet to be read: asking again at once would only spin.
                await log.waitForCommit(after: generation)
              }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(board.read("shared", "counter")?.value == 320)
    #expect(try await journal.query("SELECT version, value FROM blackboard") == [[320, "320"]])
    let history = try await journal.query("SELECT version, value FROM blackboard_history ORDER BY version")
    #expect(history == (1...320).map { [.int($0), .text(String($0))] })
    let authors = try await journal.query("SELECT count(*) FROM blackboard_history GROUP BY agent_id")
    #expect(authors == Array(repeating: [10], count: 32))
    try await journal.integrityCheck()
    try await journal.close()
  }
}
