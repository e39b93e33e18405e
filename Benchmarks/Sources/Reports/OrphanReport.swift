import Glibc
import SandboxCore
import SandboxTestKit

/// Many rounds of sessions whose tools try to outlive them.
enum OrphanReport {
  /// - Returns: whether nothing was ever left.
  static func print(executables: String, rounds: Int) async throws -> Bool {
    var total = 0
    for ending in OrphanTrial.Ending.allCases {
      var survivors: [String: Int] = [:]
      var longest = Duration.zero
      var codes: Set<Int32> = []
      for outcome in try await outcomes(of: ending, executables, rounds) {
        for name in outcome.survivors { survivors[name, default: 0] += 1 }
        longest = max(longest, outcome.took)
        codes.insert(outcome.code)
      }
      total += survivors.values.reduce(0, +)
      Swift.print(
        "\(ending.rawValue): \(rounds) rounds of \(OrphanTrial.cases.count) cases, survivors "
          + "\(survivors.isEmpty ? "0" : "\(survivors)"), the last gone after at most \(longest.milliseconds) ms, "
          + "exit codes \(codes.sorted())")
      fflush(nil)
    }
    return total == 0
  }

  /// Four sessions at a time: they mostly wait.
  private static func outcomes(
    of ending: OrphanTrial.Ending, _ executables: String, _ rounds: Int
  ) async throws -> [OrphanTrial.Outcome] {
    try await withThrowingTaskGroup(of: OrphanTrial.Outcome.self) { group in
      var outcomes: [OrphanTrial.Outcome] = []
      for round in 0..<rounds {
        if round >= 4, let outcome = try await group.next() { outcomes.append(outcome) }
        group.addTask {
          try await inFolder { try await OrphanTrial(executables: executables, folder: $0).run(ending) }
        }
      }
      for try await outcome in group { outcomes.append(outcome) }
      return outcomes
    }
  }

  private static func inFolder<Value: Sendable>(_ body: (String) async throws -> Value) async throws -> Value {
    var template = Array("/tmp/sandbox-orphans.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SandboxError(.io, "no temporary folder") }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let result: Result<Value, any Error>
    do { result = .success(try await body(folder)) } catch { result = .failure(error) }
    try await remove(folder)
    return try result.get()
  }

  private static func remove(_ folder: String) async throws {
    let process = try LaunchedSession(
      executable: "/bin/rm", arguments: ["-rf", folder], environment: [:], folder: folder)
    _ = try await process.wait()
  }
}
