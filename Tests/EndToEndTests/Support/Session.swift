import Glibc
import SandboxCore
import SandboxSession
import SandboxStore
import SandboxTestKit
import Testing

/// One run of the program in a folder of its own, and what it left.
struct Session {
  let id: String
  let folder: Folder
  var environment: [String: String]
  var arguments: [String] = []

  init(_ id: String = "s1", in folder: Folder, environment: [String: String] = [:], arguments: [String] = []) {
    self.id = id
    self.folder = folder
    self.arguments = arguments
    self.environment = [
      "SESSION_ID": id, "AGENT_STATE_DIR": "\(folder.path)/state", "AGENT_MANIFESTS": Program.manifests,
      "AGENT_TOOL_PATHS": "\(folder.path):/proc",
    ].merging(environment) { $1 }
  }

  var directory: String { "\(folder.path)/state/sessions/\(id)" }
  var status: JSONValue { Self.json("\(directory)/status.json") }
  var result: JSONValue { Self.json("\(directory)/result.json") }

  func launch() throws -> LaunchedSession {
    try LaunchedSession(
      executable: Program.path, arguments: arguments, environment: environment, folder: folder.path)
  }

  /// Sessions that run at the same time: with all tests at once, nothing would end in its time.
  static let turns = PermitGate(permits: 4)
  @TaskLocal private static var hasTurn = false

  /// Waits for a turn, unless this is part of one.
  static func inTurn<R>(_ work: () async throws -> R) async throws -> R {
    if hasTurn { return try await work() }
    return try await turns.withPermit { try await $hasTurn.withValue(true, operation: work) }
  }

  /// Runs to the end; nothing of it is left afterwards.
  func run(upTo limit: Duration = .seconds(60)) async throws -> Ended {
    try await Self.inTurn {
      let start = ContinuousClock.now
      return try await end(of: try launch(), since: start, upTo: limit)
    }
  }

  func end(
    of process: LaunchedSession, since start: ContinuousClock.Instant, upTo limit: Duration
  ) async throws -> Ended {
    let code = try await process.wait(upTo: limit)
    return Ended(
      code: code, standardOutput: process.standardOutput, standardError: process.standardError,
      took: ContinuousClock.now - start)
  }

  struct Ended {
    let code: Int32
    let standardOutput: String
    let standardError: String
    /// From its start to its end.
    let took: Duration

    var states: [String] {
      standardOutput.split(separator: "\n").filter { $0.hasPrefix("[State] ") }.map { String($0.dropFirst(8)) }
    }

    /// The data of all events of a type, in order.
    func events(_ type: String) -> [JSONValue] {
      standardOutput.split(separator: "\n").compactMap { line in
        let prefix = "[Event] \(type): "
        return line.hasPrefix(prefix) ? try? JSONValue(parsing: String(line.dropFirst(prefix.count))) : nil
      }
    }
  }

  /// The finished journal's records.
  func journal() async throws -> [EventRecord] {
    let journal = try await SQLiteJournal.open(directory: directory, createIfMissing: false)
    let records = try await journal.records()
    try await journal.close()
    return records
  }

  /// Exit code, `status.json`, `result.json` and the last event say the same, and all of it is the fold of the journal.
  func expectConsistent(_ ended: Ended, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let records = try await journal()
    #expect(records.map(\.sequence) == Array(1...Int64(records.count)), sourceLocation: sourceLocation)
    let state = SessionState.fold(records)
    let outcome = try #require(state.lifecycle.outcome, sourceLocation: sourceLocation)
    #expect(outcome.exitCode.rawValue == ended.code, sourceLocation: sourceLocation)
    #expect(status["exitCode"]?.intValue == Int(ended.code), sourceLocation: sourceLocation)
    #expect(status["outcome"]?.stringValue == outcome.name, sourceLocation: sourceLocation)
    #expect(status["state"]?.stringValue == state.lifecycle.phase.rawValue, sourceLocation: sourceLocation)
    let last = ended.events(outcome.stop == nil ? "completion" : "error").last
    #expect(last?["exitCode"]?.intValue == Int(ended.code), sourceLocation: sourceLocation)
    #expect(last?["outcome"]?.stringValue == outcome.name, sourceLocation: sourceLocation)
    // The live end state, as the program reported it, against the fold.
    let answer = result["answer"]?.stringValue ?? ""
    #expect(
      result == ResultDocument.json(of: state, outcome: outcome, answer: answer), sourceLocation: sourceLocation)
    let document = StatusDocument(
      endpoint: status["sync"]?["endpoint"]?.stringValue ?? "", isolation: status["isolation"] ?? .null,
      processID: Int32(status["pid"]?.intValue ?? 0))
    var folded = document.json(of: state, now: 0).objectValue ?? JSONObject()
    folded["updatedAt"] = status["updatedAt"]
    #expect(status == .object(folded), sourceLocation: sourceLocation)
    #expect(state.budget.reservations.isEmpty, "every reservation is settled", sourceLocation: sourceLocation)
    #expect(
      !state.executions.values.contains { $0.status == .executing }, "every call has an outcome",
      sourceLocation: sourceLocation)
  }

  static func json(_ path: String) -> JSONValue { (try? JSONValue(parsing: LaunchedSession.text(path))) ?? .null }
}
