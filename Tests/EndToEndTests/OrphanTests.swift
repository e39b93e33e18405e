import SandboxCore
import SandboxTestKit
import Testing

/// Nothing that a tool starts outlives the session, however that ends. `sandbox-bench orphans` does many rounds of this.
@Suite("Orphans")
struct OrphanTests {
  private static let codes: [OrphanTrial.Ending: Int32] = [
    .timeout: 0, .cancel: 124, .terminate: 143, .killRuntime: 70, .killGuard: -9,
  ]

  @Test("Twelve ways to stay, and five endings", arguments: OrphanTrial.Ending.allCases)
  func nothingIsLeft(after ending: OrphanTrial.Ending) async throws {
    try await Session.inTurn {
      try await Folder.with { folder in
        let executables = Program.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        let outcome = try await OrphanTrial(executables: executables, folder: folder.path).run(ending)
        #expect(outcome.survivors == [])
        #expect(outcome.code == Self.codes[ending])
        #expect(Leftovers.processes(of: folder) == [])
        guard ending == .killRuntime else { return }
        // The guard has started another one, which says how it ended.
        let status = Session.json("\(folder.path)/state/sessions/orphans/status.json")
        #expect(status["state"] == "failed")
        #expect(status["outcome"] == "internal")
        #expect(status["exitCode"] == 70)
        #expect(status["reason"]?["detail"]?.stringValue?.contains("signal 9") == true, "\(status)")
      }
    }
  }
}
