import Glibc
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@testable import SandboxTools

/// A session's folder, log and blobs with the builtin tools on them.
struct BuiltinFixture: Sendable {
  /// Holds the workspace and what lies outside of it.
  let folder: String
  let workspace: Workspace
  let log: SessionLog
  let blobs = InMemoryBlobStore()
  let journal = InMemoryJournal()
  let executor: BuiltinExecutor

  static let tools = [
    ToolSummary(id: ToolID("read_file"), name: "read_file", description: "Reads", category: "research"),
    ToolSummary(id: ToolID("query_table"), name: "query_table", description: "Queries", category: "analytics"),
  ]

  private init(folder: String, inputs: [String: String]) throws {
    self.folder = folder
    workspace = try Workspace.prepare(root: folder + "/workspace", inputs: inputs.mapValues { "\(folder)/\($0)" })
    log = SessionLog(journal: journal, time: .system)
    executor = BuiltinExecutor(
      BuiltinContext(workspace: workspace, log: log, blobs: blobs) { category in
        Self.tools.filter { category == nil || $0.category == category }
      })
  }

  /// - Parameter inputs: names in the workspace, and files or folders beside the workspace that `prepare` makes.
  static func with<Value>(
    inputs: [String: String] = [:], prepare: (String) throws -> Void = { _ in },
    _ body: (BuiltinFixture) async throws -> Value
  ) async throws -> Value {
    var template = Array("/tmp/sandbox-builtin-tests.XXXXXX".utf8CString)
    let folder = try template.withUnsafeMutableBufferPointer { buffer in
      let base = try #require(buffer.baseAddress)
      let path = try #require(mkdtemp(base).flatMap { realpath($0, nil) })
      defer { free(path) }
      return String(cString: path)
    }
    defer { remove(folder) }
    try prepare(folder)
    return try await body(BuiltinFixture(folder: folder, inputs: inputs))
  }

  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    if let listing = try? FolderListing(of: path, limit: 1_000_000) {
      for entry in listing.entries { remove(path + "/" + entry.name) }
    }
    rmdir(path)
  }

  // MARK: files

  func path(_ name: String) -> String { workspace.root + "/" + name }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    var folder = workspace.root
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
    try AtomicFile.write(bytes, to: path(name), durable: false)
  }

  func read(_ name: String) throws -> String {
    String(decoding: try BoundedFile.read(path(name), limit: 100 << 20), as: UTF8.self)
  }

  // MARK: calls

  func output(
    _ tool: String, _ arguments: JSONValue = .object([:]), agent: String = "omega:test", call: String = "root.1/1.0"
  ) async throws -> ToolOutput {
    let definition = ToolDefinition(id: ToolID(tool), description: "", category: "execution", parameters: .object([:]))
    return try await executor.execute(
      ToolInvocation(
        callID: CallID(call), taskID: TaskID("root.1"), agentID: AgentID(agent), definition: definition,
        arguments: arguments, attempt: 1, timeout: .seconds(60)))
  }

  func call(
    _ tool: String, _ arguments: JSONValue = .object([:]), agent: String = "omega:test", call: String = "root.1/1.0"
  ) async throws -> JSONValue {
    let output = try await output(tool, arguments, agent: agent, call: call)
    return try JSONValue(parsing: output.text)
  }

  /// The error of a call that must fail.
  func failure(_ tool: String, _ arguments: JSONValue, sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> SandboxError
  {
    let error = await #expect(throws: SandboxError.self, sourceLocation: sourceLocation) {
      _ = try await output(tool, arguments)
    }
    return try #require(error, sourceLocation: sourceLocation)
  }

  func content(of name: String) throws -> String {
    let artifact = try #require(log.read { $0.artifacts.first { $0.name == name } })
    return String(decoding: try blobs.get(artifact.content), as: UTF8.self)
  }
}
