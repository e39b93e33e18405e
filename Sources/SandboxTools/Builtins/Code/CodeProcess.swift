import SandboxCore
import SandboxIO

/// Starts the programs of one call: in the workspace, with a clean environment and the call's folder as their home.
struct CodeProcess {
  let folder: String
  let context: BuiltinContext
  let invocation: ToolInvocation

  /// - Throws: As ``ToolProcess/run(_:pinned:redactor:)``.
  func run(
    _ argv: [String], input: String? = nil, directory: String? = nil, timeout: Duration
  ) async throws(SandboxError) -> ProcessResult {
    let marker = invocation.callID.rawValue
    let spec = ProcessSpec(
      argv: argv,
      environment: ToolProcess.environment(path: context.programs.searchPath, home: folder, marker: marker)
        + [("NO_COLOR", "1")],
      workingDirectory: directory ?? context.workspace.root, input: input.map { .bytes(Array($0.utf8)) } ?? .none,
      timeout: timeout, terminationGrace: min(.seconds(2), timeout / 20 + .milliseconds(100)), marker: marker)
    return try await ToolProcess.run(spec, redactor: invocation.redactor)
  }
}
