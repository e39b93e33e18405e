import SandboxCore
import SandboxIO

/// Starts the programs of one call: in the workspace, with a clean environment and the call's folder as their home.
struct CodeProcess {
  private static let user = "agent"

  let folder: String
  let context: BuiltinContext
  let invocation: ToolInvocation

  /// - Throws: `.cancelled` with what was written as its ``ToolFailure``; what else ``ProcessRunner/run(_:)`` throws is
  ///   from before the program was started.
  func run(
    _ argv: [String], input: String? = nil, directory: String? = nil, timeout: Duration
  ) async throws(SandboxError) -> ProcessResult {
    let marker = invocation.callID.rawValue
    let spec = ProcessSpec(
      argv: argv,
      environment: [
        ("PATH", context.programs.searchPath), ("HOME", folder), ("TMPDIR", folder), ("LANG", "C.UTF-8"),
        ("TZ", "UTC"), ("USER", Self.user), ("LOGNAME", Self.user), ("AGENT_SANDBOXED", "1"), ("NO_COLOR", "1"),
        (ProcessSpec.markerVariable, marker),
      ],
      workingDirectory: directory ?? context.workspace.root, input: input.map { .bytes(Array($0.utf8)) } ?? .none,
      timeout: timeout, terminationGrace: min(.seconds(2), timeout / 20 + .milliseconds(100)), marker: marker)
    do throws(SandboxError) {
      return try await ProcessRunner.run(spec)
    } catch {
      let interrupted = error.cause as? ProcessInterrupted
      let failure = ToolFailure(
        output: interrupted.map {
          CommandReport(argv: argv, result: $0.result, redactor: invocation.redactor).unfinished
        },
        isBeforeEffect: interrupted == nil, cause: error.cause)
      throw SandboxError(error.code, error.message, cause: failure, retry: error.retry)
    }
  }
}
