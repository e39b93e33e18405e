import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

/// Real programs, in a workspace of their own.
struct CommandFixture {
  let folder: TemporaryFolder
  let workspace: String
  let temporary: String

  init() throws {
    folder = try TemporaryFolder()
    folder.folder("workspace")
    folder.folder("temporary")
    workspace = "\(folder.path)/workspace"
    temporary = "\(folder.path)/temporary"
  }

  /// A shell script as a program.
  func script(_ text: String) throws -> String { try folder.write("script", "#!/bin/sh\n\(text)\n", mode: 0o755) }

  func executor(_ spec: CommandSpec, secrets: SecretStore = .empty) -> CommandExecutor {
    CommandExecutor(spec, secrets: secrets, workspace: workspace, temporary: temporary)
  }

  func run(
    _ script: String, arguments: JSONValue = [:], input: CommandSpec.Input = .none, output: CommandSpec.Output = .text
  ) async throws -> ToolOutput {
    try await run(CommandSpec(executable: try self.script(script), input: input, output: output), arguments)
  }

  func run(
    _ spec: CommandSpec, _ arguments: JSONValue = [:], secrets: SecretStore = .empty
  ) async throws -> ToolOutput {
    let definition = ToolDefinition(
      id: "cmd".asID(), description: "", category: "execution", parameters: ["type": "object"])
    let invocation = ToolInvocation(
      callID: "root/1.0".asID(), taskID: .root, agentID: .meta, definition: definition, arguments: arguments,
      attempt: 1, timeout: .seconds(60))
    let executor = executor(spec, secrets: secrets)
    var result = await Self.result(of: invocation, by: executor)
    // A process that another test is just starting may still hold the new script open for writing (ETXTBSY).
    for _ in 0..<100 where result.isBusy {
      await Task.yield()
      result = await Self.result(of: invocation, by: executor)
    }
    return try result.get()
  }

  private static func result(
    of invocation: ToolInvocation, by executor: CommandExecutor
  ) async -> Result<ToolOutput, SandboxError> {
    do throws(SandboxError) {
      return .success(try await executor.execute(invocation))
    } catch {
      return .failure(error)
    }
  }

  var leftovers: Int {
    guard let entries = opendir(temporary) else { return -1 }
    defer { closedir(entries) }
    var count = 0
    while readdir(entries) != nil { count += 1 }
    return count - 2
  }
}

extension Result<ToolOutput, SandboxError> {
  fileprivate var isBusy: Bool {
    if case .failure(let error) = self { error.code == .unavailable } else { false }
  }
}
