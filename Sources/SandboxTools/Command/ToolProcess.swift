import SandboxCore
import SandboxIO

/// What the programs of all tools have in common: their environment, and how it is told that one did not end by itself.
enum ToolProcess {
  static let searchPath = "/usr/local/bin:/usr/bin:/bin"
  private static let user = "agent"
  static let callVariable = "AGENT_CALL_ID"

  /// Says what a program may reach, and how.
  static func variables(for network: Confinement.Network, through grant: EgressGrant?) -> [(String, String)] {
    let name =
      switch network {
      case .none: "none"
      case .proxy: "proxy"
      case .full: "full"
      }
    return [("AGENT_NETWORK", name)] + (grant?.environment ?? [])
  }

  /// Exactly what a program gets besides what its manifest names.
  ///
  /// - Parameters:
  ///   - home: the call's own folder.
  ///   - call: the call's id, for the program's own messages.
  static func environment(path: String = searchPath, home: String, call: String) -> [(String, String)] {
    [
      ("PATH", path), ("HOME", home), ("TMPDIR", home), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("USER", user),
      ("LOGNAME", user), ("AGENT_SANDBOXED", "1"), (callVariable, call),
    ]
  }

  /// - Parameter pinned: files that must be as they were when the manifest was loaded.
  /// - Throws: `.cancelled` with what was written as its ``ToolFailure``; anything else, as of ``PinnedFile/check(_:)``
  ///   and ``ProcessRunner/run(_:)``, is from before the program was started.
  static func run(
    _ spec: ProcessSpec, pinned: [PinnedFile] = [], redactor: Redactor
  ) async throws(SandboxError) -> ProcessResult {
    do throws(SandboxError) {
      try PinnedFile.check(pinned)
      return try await ProcessRunner.run(spec)
    } catch {
      let interrupted = error.cause as? ProcessInterrupted
      let failure = ToolFailure(
        output: interrupted.map {
          CommandReport(argv: spec.argv, result: $0.result, redactor: redactor).unfinished
        },
        isBeforeEffect: interrupted == nil, cause: error.cause)
      throw SandboxError(error.code, error.message, cause: failure, retry: error.retry)
    }
  }
}
