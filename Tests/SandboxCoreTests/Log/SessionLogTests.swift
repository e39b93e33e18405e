import SandboxCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct SessionLogTests {
  private static func event(_ name: String) -> SessionEvent { .announced(Announcement(name)) }

  @Test func manyWritersMakeOneDenseSequence() async throws {
    let journal = InMemoryJournal()
    let log = SessionLog(journal: journal, time: .system)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<64 {
        group.addTask {
          for round in 0..<20 {
            let events = (0...round % 3).map { Self.event("\(writer)-\(round)-\($0)") }
            try await log.append(events, actor: AgentID("agent-\(writer)"))
          }
        }
      }
      try await group.waitForAll()
    }
    let records = await journal.records
    #expect(records.count == 2_496)
    #expect(records.map(\.sequence) == Array(1...Int64(records.count)))
    #expect(log.current == SessionState.fold(records))
    // The events of one append stay together and in order, and each writer's appends in the order of its calls.
    for writer in 0..<64 {
      let own = records.filter { $0.actor == "agent-\(writer)" }
      let expected = (0..<20).flatMap { round in (0...round % 3).map { "\(writer)-\(round)-\($0)" } }
      #expect(own.map(\.event.type) == expected)
      for (left, right) in zip(own, own.dropFirst()) where right.event.type.hasSuffix("-1") {
        #expect(right.sequence == left.sequence + 1)
      }
    }
  }

  /// Each adds one to what it reads: were two decisions made on the same state, a number would be missing.
  @Test func decisionsAreMadeOneAfterTheOther() async throws {
    let journal = InMemoryJournal()
    let log = SessionLog(journal: journal, time: .system)
    let task = TaskCreated(taskID: .root, parent: nil, agentID: .meta, prompt: "count")
    try await log.append(.taskCreated(task))
    let numbers = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<64 {
        group.addTask {
          var own: [Int] = []
          for _ in 0..<10 {
            let number = try await log.transact { state throws(SandboxError) in
              let number = state.tasks[.root]?.children ?? -1
              let child = TaskCreated(taskID: TaskID("root.\(number)"), parent: .root, agentID: .meta, prompt: "")
              return ([.taskCreated(child)], number)
            }
            own.append(number)
          }
          return own
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(numbers.sorted() == Array(0..<640))
    #expect(log.read { $0.tasks.count } == 641)
    let records = await journal.records
    #expect(SessionState.fold(records) == log.current)
  }

  @Test func readersSeeOnlyWhatIsDurableDecisionsSeeAll() async throws {
    let journal = GatedJournal()
    let log = SessionLog(journal: journal, time: .system)
    journal.close()
    let seen = Tally<[Int64]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<3 {
        group.addTask {
          try await log.transact { state throws(SandboxError) in
            seen.update { $0.append(state.sequence) }
            return ([Self.event("e\(index)")], ())
          }
        }
      }
      try await eventually("all have decided") { seen.value.count == 3 }
      #expect(seen.value == [0, 1, 2])
      #expect(log.read { $0.sequence } == 0)
      #expect(log.current == SessionState())
      #expect(journal.commits.isEmpty)
      journal.open()
      try await group.waitForAll()
    }
    #expect(log.read { $0.sequence } == 3)
  }

  @Test func appendsThatComeDuringACommitShareTheNext() async throws {
    let journal = GatedJournal()
    let log = SessionLog(journal: journal, time: .system)
    journal.close()
    let decided = Tally(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<64 {
        group.addTask {
          try await log.transact { _ throws(SandboxError) in
            decided.update { $0 += 1 }
            return ([Self.event("e\(index)")], ())
          }
        }
      }
      try await eventually("all have decided") { decided.value == 64 }
      try await eventually("the first commit is under way") { journal.entered == 1 }
      journal.open()
      try await group.waitForAll()
    }
    // Those that came before the first commit took its records went with it, all others with the second.
    #expect(journal.commits.count <= 2)
    #expect(journal.commits.map(\.count).reduce(0, +) == 64)
    try await log.append(Self.event("alone"))
    #expect(journal.commits.last?.count == 1)
    #expect(journal.commits.flatMap { $0 }.map(\.sequence) == Array(1...65))
  }

  @Test func afterAFailedCommitEveryoneIsRefused() async throws {
    let journal = GatedJournal()
    let observed = Tally<[Int64]>([])
    let log = SessionLog(
      journal: journal, time: .system, observers: [{ records, _ in observed.update { $0 += records.map(\.sequence) } }])
    try await log.append(Self.event("good"))
    journal.close()
    journal.failFromNowOn(SandboxError(.io, "no space left"))
    let decided = Tally(0)
    let codes = try await withThrowingTaskGroup(of: SandboxError.Code?.self) { group in
      for index in 0..<16 {
        group.addTask {
          do throws(SandboxError) {
            try await log.transact { _ throws(SandboxError) in
              decided.update { $0 += 1 }
              return ([Self.event("e\(index)")], ())
            }
            return nil
          } catch {
            return error.code
          }
        }
      }
      try await eventually("all have decided") { decided.value == 16 }
      let generation = log.generation
      journal.open()
      await log.waitForCommit(after: generation)
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(codes == Array(repeating: .io, count: 16))
    #expect(log.failure?.code == .io)
    let late = await #expect(throws: SandboxError.self) {
      try await log.transact { _ throws(SandboxError) in
        decided.update { $0 += 1 }
        return ([Self.event("late")], ())
      }
    }
    #expect(late?.code == .io && late?.message.contains("no space left") == true)
    #expect(decided.value == 16)
    #expect(log.read { $0.sequence } == 1)
    #expect(observed.value == [1])
    // One commit failed; those that waited for the next never reached the journal.
    #expect(journal.entered == 2)
  }

  @Test func aDecisionThatThrowsAppendsNothing() async throws {
    let journal = GatedJournal()
    let log = SessionLog(journal: journal, time: .system)
    let error = await #expect(throws: SandboxError.self) {
      try await log.transact { _ throws(SandboxError) -> ([SessionEvent], Int) in throw SandboxError(.conflict, "no") }
    }
    #expect(error?.code == .conflict && error?.message == "no")
    #expect(journal.entered == 0 && log.failure == nil)
    #expect(try await log.transact { _ throws(SandboxError) in ([], 7) } == 7)
    #expect(journal.entered == 0)
    try await log.append(Self.event("first"))
    #expect(journal.commits.flatMap { $0 }.map(\.sequence) == [1])
  }

  @Test func cancellingDoesNotInterruptACommit() async throws {
    let journal = GatedJournal()
    let log = SessionLog(journal: journal, time: .system)
    journal.close()
    let leader = Task { try await log.append(Self.event("leader")) }
    try await eventually("the commit is under way") { journal.entered == 1 }
    let decided = Tally(false)
    let follower = Task {
      try await log.transact { _ throws(SandboxError) in
        decided.update { $0 = true }
        return ([Self.event("follower")], ())
      }
    }
    try await eventually("the follower waits") { decided.value }
    leader.cancel()
    follower.cancel()
    journal.open()
    try await leader.value
    try await follower.value
    #expect(log.read { $0.sequence } == 2)
  }

  @Test func observersSeeEachEventOnceInOrderBeforeItsWriterGoesOn() async throws {
    let first = Tally<[EventRecord]>([])
    let second = Tally<[Int64]>([])
    let snapshots = Tally<[Bool]>([])
    let log = SessionLog(
      journal: InMemoryJournal(), time: .system,
      observers: [
        { records, state in
          first.update { $0 += records }
          snapshots.update { $0.append(state.sequence == records.last?.sequence) }
        },
        { records, _ in second.update { $0 += records.map(\.sequence) } },
      ])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<64 {
        group.addTask {
          for round in 0..<10 {
            try await log.append(Self.event("\(writer)-\(round)"))
            let isSeen = first.value.contains { $0.event.type == "\(writer)-\(round)" }
            if !isSeen { Issue.record("\(writer)-\(round) came back unobserved") }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(first.value.map(\.sequence) == Array(1...640))
    #expect(second.value == Array(1...640))
    #expect(snapshots.value.allSatisfy { $0 })
  }

  @Test func goesOnWhereAResumedStateEnds() async throws {
    let journal = InMemoryJournal()
    let first = SessionLog(journal: journal, time: .system)
    try await first.append([Self.event("a"), Self.event("b")])
    let second = SessionLog(journal: journal, resuming: first.current, time: .system)
    try await second.append(Self.event("c"))
    let records = await journal.records
    #expect(records.map(\.sequence) == [1, 2, 3])
    #expect(second.current == SessionState.fold(records))
  }
}
