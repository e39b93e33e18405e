import SandboxCore
import SandboxIO

/// Starts the programs of one call: in the workspace, with a clean environment and the call's folder as their home.
/// They may change both.
struct CodeProcess {
  let folder: String
  let context: BuiltinContext
  let invocation: ToolInvocation

  /// - Parameters:
  ///   - reads: what it may read besides.
  ///   - network: only installers need any.
  /// - Throws: As ``ToolProcess/run(_:pinned:redactor:)``.
  func run(
    _ argv: [String], input: String? = nil, directory: String? = nil, reads: [String] = [],
    network: ToolGrants.Network = .none, timeout: Duration
  ) async throws(SandboxError) -> ProcessResult {
    let confined = confinement(argv, reads, network)
    let spec = ProcessSpec(
      argv: argv,
      environment: ToolProcess.environment(
        path: context.programs.searchPath, home: folder, call: invocation.callID.rawValue)
        + ToolProcess.variables(for: confined.network, through: nil) + [("NO_COLOR", "1")],
      workingDirectory: directory ?? context.workspace.root, input: input.map { .bytes(Array($0.utf8)) } ?? .none,
      outputLimits: OutputLimits(folder: context.temporary), timeout: timeout,
      terminationGrace: min(.seconds(2), timeout / 20 + .milliseconds(100)),
      confinement: confined, ownFolders: [folder])
    return try await ToolProcess.run(spec, redactor: invocation.redactor)
  }

  /// For the record of the call.
  var isolation: String { context.confinement.summary(of: confinement([], [], .none)) }

  private func confinement(_ argv: [String], _ reads: [String], _ network: ToolGrants.Network) -> Confinement {
    context.confinement.confinement(
      ToolGrants(reads: reads, writes: ["."], network: network), programs: argv.prefix(1).map { $0 }, home: folder)
  }
}
