import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

/// A session in which code is run, with a mark of its own on every process.
struct CodeFixture {
  let session: BuiltinFixture
  let temporary: String
  let executor: BuiltinExecutor
  let call = "root/code-\(UInt64.random(in: 0 ... .max))"

  /// The same session with other programs.
  func with(folders: [String]) -> CodeFixture {
    CodeFixture(
      session: session, temporary: temporary,
      executor: BuiltinExecutor(
        BuiltinContext(
          workspace: session.workspace, log: session.log, blobs: session.blobs, temporary: temporary,
          allowsDependencies: true, programFolders: folders
        ) { _ in [] }))
  }

  func output(
    _ arguments: JSONValue, tool: String = "execute_code", timeout: Duration = .seconds(60)
  ) async throws -> ToolOutput {
    let definition = ToolDefinition(id: ToolID(tool), description: "", category: "execution", parameters: [:])
    return try await executor.execute(
      ToolInvocation(
        callID: CallID(call), taskID: .root, agentID: .meta, definition: definition, arguments: arguments, attempt: 1,
        timeout: timeout))
  }

  func run(_ arguments: JSONValue, tool: String = "execute_code") async throws -> JSONValue {
    try JSONValue(parsing: try await output(arguments, tool: tool).text)
  }

  func failure(_ arguments: JSONValue, tool: String = "execute_code") async throws -> SandboxError {
    let error = await #expect(throws: SandboxError.self) { _ = try await output(arguments, tool: tool) }
    return try #require(error)
  }

  /// Folders of calls that are still there.
  var leftovers: Int {
    guard let entries = opendir(temporary) else { return -1 }
    defer { closedir(entries) }
    var count = 0
    while readdir(entries) != nil { count += 1 }
    return count - 2
  }
}
