package import SandboxCore
import SandboxIO

/// Runs a command tool: one program, with the call's arguments as its own, in the session's workspace.
///
/// The program gets a small fixed environment and a folder of its own for the call, which is removed afterwards. When
/// the call is cancelled, as by the bus's timeout, everything it started is asked to end and killed two seconds later.
package struct CommandExecutor: ToolExecutor {
  private let command: CommandSpec
  private let secrets: SecretStore
  private let workspace: String
  private let temporary: String
  private let confinement: ToolConfinement

  /// The largest JSON result.
  private static let jsonBytes = 4 << 20

  /// - Parameters:
  ///   - secrets: where the values of the command's secrets are.
  ///   - workspace: absolute path of the folder in which the program runs.
  ///   - temporary: absolute path of the folder in which each call gets one of its own.
  ///   - confinement: nil: it is only kept from gaining privileges.
  package init(
    _ command: CommandSpec, secrets: SecretStore = .empty, workspace: String, temporary: String,
    confinement: ToolConfinement? = nil
  ) {
    self.command = command
    self.secrets = secrets
    self.workspace = workspace
    self.temporary = temporary
    self.confinement = confinement ?? ToolConfinement(isolation: .privilegesOnly, workspace: workspace)
  }

  /// - Throws: `.toolFailed` when the program ends with another code than 0 or by a signal, with the end of what it
  ///   said; `.outputLimit` when it writes more than 64 MiB, or a JSON result of more than 4 MiB; `.invalidResponse`
  ///   when it was to print JSON and did not; `.invalidArgument` for arguments that a program cannot get; `.denied`
  ///   when the program or its script was changed since the manifest was loaded, or a secret is not granted; what
  ///   ``ProcessRunner/run(_:)`` throws when it cannot be started, as `.notFound`.
  package func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let argv = try command.argv(for: invocation.arguments)
    let variables = try command.variables(for: invocation.definition.id, secrets: secrets)
    let grant = try await confinement.grant(for: command.grants, tool: invocation.definition.id)
    defer { grant?.revoke() }
    let folder = try CallFolder(in: temporary)
    let spec = spec(argv, variables, invocation, folder, grant)
    let result: Result<ProcessResult, SandboxError>
    do throws(SandboxError) {
      result = .success(try await ToolProcess.run(spec, pinned: command.pinned, redactor: invocation.redactor))
    } catch {
      result = .failure(error)
    }
    await folder.remove()
    grant?.revoke()
    let report = CommandReport(
      argv: argv, result: try result.get(), redactor: invocation.redactor,
      isolation: invocation.redactor.redact(confinement.summary(of: spec.confinement, grant)))
    return try report.output(command.output)
  }

  private func spec(
    _ argv: [String], _ variables: [String: String], _ invocation: ToolInvocation, _ folder: CallFolder,
    _ grant: EgressGrant?
  ) -> ProcessSpec {
    let confined = confinement.confinement(
      command.grants, programs: [command.executable] + command.pinned.map(\.path), home: folder.path, grant: grant)
    let fixed =
      ToolProcess.environment(home: folder.path, call: invocation.callID.rawValue)
      + ToolProcess.variables(for: confined.network, through: grant)
    let added = variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return ProcessSpec(
      argv: argv, environment: fixed.filter { variables[$0.0] == nil } + added, workingDirectory: workspace,
      input: command.input == .json ? .bytes(invocation.arguments.utf8(.compact)) : .none,
      outputLimits: command.output == .json
        ? OutputLimits(head: Self.jsonBytes, tail: 0, folder: temporary) : OutputLimits(folder: temporary),
      confinement: confined, ownFolders: [folder.path])
  }
}
