import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// The guard has an init in advance, and may lose it.
@Suite("The init that waits for a program")
struct WaitingInitTests {
  @Test("It is killed: the next call is made all the same")
  func killed() async throws {
    try await Folder.with { folder in
      let process = Box<LaunchedSession?>(nil)
      let killed = Box(0)
      let model = ScriptedModelServer { request in
        guard request.number < 3 else { return .text("done") }
        // Between two calls there is no other.
        for pid in Self.inits(of: process.value?.pid ?? 0) {
          kill(pid, SIGKILL)
          if (try? await eventually { LaunchedSession.hasEnded(pid) }) == true { killed.value += 1 }
        }
        return .call("probe", ["n": .int(Int64(request.number))])
      }
      try await model.run { url in
        let probe = CommandManifest.script("probe", "echo called")
        let session = try Session(model: url, in: folder, manifests: [probe])
        let (ended, _) = try await session.run { process.value = $0 }
        #expect(ended.code == 0, "\(ended)")
        let state = SessionState.fold(try await session.journal())
        #expect(state.executions.values.map(\.status) == [.completed, .completed, .completed], "\(ended)")
        #expect(killed.value >= 3)
        #expect(Leftovers.processes(of: folder) == [])
        #expect(Self.inits(of: process.value?.pid ?? 0) == [])
      }
    }
  }

  private static func inits(of pid: pid_t) -> [pid_t] {
    LaunchedSession.text("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
      .filter { LaunchedSession.text("/proc/\($0)/comm") == "tool-init\n" }
  }
}
