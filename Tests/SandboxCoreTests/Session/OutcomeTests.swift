import SandboxCore
import Testing

@Suite struct OutcomeTests {
  /// Reason, exit code, name of the outcome, terminal phase: the contract's table once more.
  static let stops: [(kind: String, code: Int32, name: String, phase: String)] = [
    ("hangup", 129, "cancelled", "cancelled"),
    ("interrupt", 130, "cancelled", "cancelled"),
    ("terminate", 143, "cancelled", "cancelled"),
    ("duration", 124, "timed_out", "timed_out"),
    ("cost", 81, "cost_limit", "timed_out"),
    ("tokens", 81, "cost_limit", "timed_out"),
    ("iterations", 82, "step_limit", "timed_out"),
    ("loop", 82, "step_limit", "timed_out"),
    ("delegation", 82, "step_limit", "timed_out"),
    ("failure", 1, "failed", "failed"),
    ("data", 65, "data", "failed"),
    ("unavailable", 69, "unavailable", "failed"),
    ("refused", 77, "isolation", "failed"),
    ("io", 74, "io", "failed"),
    ("internal", 70, "internal", "failed"),
  ]

  @Test func theTableNamesEveryReason() {
    #expect(Set(Self.stops.map(\.kind)) == Set(StopReason.Kind.allCases.map(\.rawValue)))
  }

  /// A reason to stop outranks failed tasks and what is not delivered.
  @Test(arguments: [0, 1, 7], [true, false])
  func aReasonDecidesAlone(failedTasks: Int, isSynced: Bool) throws {
    for row in Self.stops {
      let kind = try #require(StopReason.Kind(rawValue: row.kind))
      let outcome = Outcome(stop: StopReason(kind, "why"), failedTasks: failedTasks, isSynced: isSynced)
      #expect(outcome.exitCode.rawValue == row.code, "\(row.kind)")
      #expect(outcome.exitCode.simple == 1)
      #expect(outcome.name == row.name, "\(row.kind)")
      #expect(outcome.phase.rawValue == row.phase, "\(row.kind)")
    }
  }

  @Test func withoutAReasonTasksComeBeforeDelivery() {
    let table: [(failed: Int, synced: Bool, code: Int32, name: String)] = [
      (0, true, 0, "completed"), (0, false, 83, "unsynced"), (1, true, 80, "partial"), (3, false, 80, "partial"),
    ]
    for row in table {
      let outcome = Outcome(stop: nil, failedTasks: row.failed, isSynced: row.synced)
      #expect(outcome.exitCode.rawValue == row.code)
      #expect(outcome.exitCode.simple == (row.code == 0 ? 0 : 1))
      #expect(outcome.name == row.name)
      #expect(outcome.phase == .completed)
    }
  }

  @Test func theCodesAreThoseOfTheContractAndNeverTheForbiddenOnes() {
    let codes = ExitCode.allCases.map(\.rawValue)
    #expect(codes == [0, 1, 64, 65, 69, 70, 74, 75, 77, 78, 80, 81, 82, 83, 124, 129, 130, 143])
    #expect(Set(codes).isDisjoint(with: [126, 127, 132, 134, 136, 137, 139]))
  }

  @Test func everyLimitIsAReasonOfTheSameName() {
    for limit in [LimitKind.duration, .cost, .tokens, .iterations, .loop, .delegation] {
      let reason = StopReason(limit, detail: "d")
      #expect(reason.kind.rawValue == limit.rawValue)
      #expect(reason.detail == "d")
    }
  }
}
