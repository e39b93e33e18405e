import SandboxCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct BlackboardTests {
  private static let author = AgentID("omega:research")

  private static func board() -> (Blackboard, InMemoryJournal, SessionLog) {
    let journal = InMemoryJournal()
    let log = SessionLog(journal: journal, time: .system)
    return (Blackboard(log: log), journal, log)
  }

  @Test func versionsGrowByOneAndKeepTheFirstTime() async throws {
    let (board, journal, log) = Self.board()
    let first = try await board.write("notes", "a", 1, by: Self.author, at: 100)
    let second = try await board.write("notes", "a", 2, by: .meta, metadata: ["k": true], at: 200)
    let other = try await board.write("notes", "b", 3, by: .meta, at: 300)
    #expect([first.version, second.version, other.version] == [1, 2, 1])
    #expect(second.createdAt == 100 && second.updatedAt == 200)
    #expect(board.read("notes", "a") == second)
    #expect(second.agentID == .meta && second.metadata == ["k": true])
    #expect(log.read { $0.blackboardEntry(BlackboardKey("notes", "b")) } == other)
    #expect(board.read("notes", "c") == nil && board.read("nothing", "a") == nil)
    let records = await journal.records
    #expect(records.map(\.actor) == ["omega:research", "meta", "meta"])
    #expect(SessionState.fold(records) == log.current)
  }

  @Test func writesOnlyOverTheExpectedVersion() async throws {
    let (board, journal, _) = Self.board()
    try await board.write("n", "k", "first", by: Self.author, expectedVersion: 0)
    for version in [0, 2, -1] {
      let error = await #expect(throws: SandboxError.self) {
        try await board.write("n", "k", "lost", by: Self.author, expectedVersion: version)
      }
      #expect(error?.code == .conflict)
      #expect(error?.message.contains("n/k is at version 1, not \(version)") == true)
    }
    let error = await #expect(throws: SandboxError.self) {
      try await board.write("n", "new", "lost", by: Self.author, expectedVersion: 1)
    }
    #expect(error?.code == .conflict)
    #expect(try await board.write("n", "k", "second", by: Self.author, expectedVersion: 1).version == 2)
    #expect(await journal.records.count == 2)
  }

  @Test func aCounterLosesNothing() async throws {
    let (board, journal, log) = Self.board()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<32 {
        group.addTask {
          for _ in 0..<10 { try await Self.increment(board, by: AgentID("agent-\(writer)")) }
        }
      }
      try await group.waitForAll()
    }
    #expect(board.read("n", "counter")?.value == 320)
    #expect(board.read("n", "counter")?.version == 320)
    #expect(SessionState.fold(await journal.records) == log.current)
  }

  private static func increment(_ board: Blackboard, by agent: AgentID) async throws {
    while true {
      let present = board.read("n", "counter")
      do throws(SandboxError) {
        try await board.write(
          "n", "counter", .int(Int64((present?.value.intValue ?? 0) + 1)), by: agent,
          expectedVersion: present?.version ?? 0)
        return
      } catch {
        guard error.code == .conflict else { throw error }
      }
    }
  }

  @Test(arguments: [
    ("", "k"), ("n", ""), ("n\n", "k"), ("n", "k\u{0}"), ("n", "\u{7F}"), (String(repeating: "n", count: 513), "k"),
    ("n", String(repeating: "ü", count: 257)),
  ])
  func refusesKeysThatAreNone(namespace: String, key: String) async {
    let (board, journal, _) = Self.board()
    let error = await #expect(throws: SandboxError.self) {
      try await board.write(namespace, key, 1, by: Self.author)
    }
    #expect(error?.code == .invalidArgument)
    #expect(await journal.records.isEmpty)
  }

  @Test func boundsValuesByTheirText() async throws {
    let (board, _, _) = Self.board()
    try await board.write(
      "n", String(repeating: "k", count: 512), .string(String(repeating: "x", count: (1 << 20) - 2)), by: .meta)
    let error = await #expect(throws: SandboxError.self) {
      try await board.write("n", "k", .string(String(repeating: "x", count: (1 << 20) - 1)), by: .meta)
    }
    #expect(error?.code == .invalidArgument && error?.message.contains("n/k") == true)
  }

  @Test func boundsTheNumberOfEntries() async throws {
    var state = SessionState()
    for number in 1...Int64(Blackboard.maximumEntries) {
      let entry = BlackboardEntry(
        namespace: "n\(number % 7)", key: "\(number)", value: 1, version: 1, agentID: .meta, metadata: .null,
        createdAt: 1,
        updatedAt: 1)
      state.evolve(EventRecord(sequence: number, time: 1, actor: "meta", event: .blackboardWritten(entry)))
    }
    let board = Blackboard(log: SessionLog(journal: InMemoryJournal(), resuming: state, time: .system))
    let error = await #expect(throws: SandboxError.self) { try await board.write("n1", "one more", 1, by: .meta) }
    #expect(error?.code == .limitExceeded)
    #expect(try await board.write("n1", "1", 2, by: .meta).version == 2)
  }

  @Test func findsByNamespaceKeyAndText() async throws {
    let (board, _, _) = Self.board()
    for (namespace, key, value) in [
      ("gathering:web", "source-1", "The Quick fox" as JSONValue), ("gathering:web", "source-2", ["title": "Slow dog"]),
      ("gathering:files", "source-3", "quick notes"), ("results", "final", 42), ("results", "QUICK", .null),
    ] {
      try await board.write(namespace, key, value, by: .meta)
    }
    func keys(_ namespace: String?, _ key: String?, _ text: String?, _ limit: Int = 100) -> [String] {
      board.search(namespace: namespace, key: key, text: text, limit: limit).map(\.key)
    }
    #expect(keys(nil, nil, nil) == ["source-3", "source-1", "source-2", "QUICK", "final"])
    #expect(keys("gathering:*", nil, nil) == ["source-3", "source-1", "source-2"])
    #expect(keys("results", nil, nil) == ["QUICK", "final"])
    #expect(keys(nil, "source-?", nil) == ["source-3", "source-1", "source-2"])
    #expect(keys("gathering:*", "*-1", nil) == ["source-1"])
    #expect(keys(nil, nil, "quick") == ["source-3", "source-1", "QUICK"])
    #expect(keys(nil, nil, "SLOW DOG") == ["source-2"])
    #expect(keys(nil, nil, "42") == ["final"])
    #expect(keys("results", nil, "slow") == [])
    #expect(keys(nil, nil, "") == keys(nil, nil, nil))
    #expect(keys(nil, nil, nil, 2) == ["source-3", "source-1"])
    #expect(keys(nil, nil, nil, 0) == [] && keys(nil, nil, nil, -1) == [])
  }
}
