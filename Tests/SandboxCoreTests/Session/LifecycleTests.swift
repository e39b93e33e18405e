import SandboxCore
import Testing

@Suite struct LifecycleTests {
  /// The one machine's table, written out once more.
  static let table: [String: [String]] = [
    "pending": ["initializing", "cancelled", "expired", "terminated", "failed"],
    "initializing": ["loading_tools", "failed", "cancelled", "timed_out", "terminated"],
    "loading_tools": ["running", "failed", "cancelled", "timed_out", "terminated"],
    "running": ["idle", "paused", "completing", "failed", "cancelled", "timed_out", "expired", "terminated"],
    "idle": ["running", "paused", "completing", "failed", "cancelled", "timed_out", "expired", "terminated"],
    "paused": ["running", "initializing", "failed", "cancelled", "expired", "terminated"],
    "completing": ["completed", "failed", "cancelled", "timed_out", "terminated"],
    "completed": [], "failed": [], "cancelled": [], "timed_out": [], "expired": [], "terminated": [],
  ]

  /// A way from `pending` to each phase.
  static let ways: [String: [String]] = [
    "pending": [], "initializing": ["initializing"], "loading_tools": ["initializing", "loading_tools"],
    "running": ["initializing", "loading_tools", "running"],
    "idle": ["initializing", "loading_tools", "running", "idle"],
    "paused": ["initializing", "loading_tools", "running", "paused"],
    "completing": ["initializing", "loading_tools", "running", "completing"],
    "completed": ["initializing", "loading_tools", "running", "completing", "completed"],
    "failed": ["failed"], "cancelled": ["cancelled"], "timed_out": ["initializing", "timed_out"],
    "expired": ["expired"], "terminated": ["terminated"],
  ]

  @Test func thePhasesAreThoseOfTheTable() {
    #expect(Set(SessionPhase.allCases.map(\.rawValue)) == Set(Self.table.keys))
    #expect(Set(Self.ways.keys) == Set(Self.table.keys))
    for phase in SessionPhase.allCases {
      #expect(phase.isTerminal == (Self.table[phase.rawValue]?.isEmpty ?? false), "\(phase)")
    }
  }

  @Test(arguments: SessionPhase.allCases, SessionPhase.allCases)
  func everyPairFollowsTheTable(from: SessionPhase, to: SessionPhase) throws {
    let state = try Self.state(in: from)
    try #require(state.lifecycle.phase == from)
    let isAllowed = try #require(Self.table[from.rawValue]).contains(to.rawValue)
    do throws(SandboxError) {
      let transition = try state.lifecycle.transition(to: to, reason: "r", actor: "a", session: SessionID("s-1"))
      if from == to {
        #expect(transition == nil)
      } else {
        #expect(isAllowed)
        #expect(transition == Transition(from: from, to: to, reason: "r", actor: "a"))
      }
    } catch {
      #expect(!isAllowed && from != to)
      #expect(error.code == .invalidState)
      #expect(
        error.message == "Invalid state transition: \(from.rawValue) → \(to.rawValue) for session s-1")
    }
  }

  @Test func keepsHistoryTimesAndTheFirstOutcome() throws {
    var state = try Self.state(in: .completed)
    let history = state.lifecycle.history
    #expect(history.map(\.transition.to) == [.initializing, .loadingTools, .running, .completing, .completed])
    #expect(history.map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(history.map(\.at) == [1_001, 1_002, 1_003, 1_004, 1_005])
    #expect(state.lifecycle.startedAt == 1_003)
    #expect(state.lifecycle.endedAt == 1_005)
    let first = Outcome(stop: nil, isSynced: true)
    for event in [
      SessionEvent.outcomeDecided(first), .outcomeDecided(Outcome(stop: StopReason(.io, "late"), isSynced: false)),
      .teardownChanged(.running), .teardownChanged(.error),
    ] {
      state.evolve(EventRecord(sequence: state.sequence + 1, time: 2_000, actor: "system", event: event))
    }
    #expect(state.lifecycle.outcome == first)
    #expect(state.lifecycle.teardown == .error)
    #expect(state.lifecycle.phase == .completed)
  }

  private static func state(in phase: SessionPhase) throws -> SessionState {
    var state = SessionState()
    for name in try #require(ways[phase.rawValue]) {
      let next = try #require(SessionPhase(rawValue: name))
      let transition = try #require(
        try state.lifecycle.transition(to: next, reason: "way", actor: "system", session: SessionID("s-1")))
      let sequence = state.sequence + 1
      state.evolve(
        EventRecord(sequence: sequence, time: 1_000 + sequence, actor: "system", event: .stateChanged(transition)))
    }
    return state
  }
}
