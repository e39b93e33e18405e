import SandboxCore
import SandboxIO
import SandboxSession
import SandboxTools

/// What this program's tools are made of.
struct ToolComposition {
  let configuration: RunConfiguration
  let transport: AsyncHTTPTransport
  let workspace: Workspace
  /// Where each call of a program gets a folder of its own.
  let temporary: String
  let log: SessionLog
  let blobs: any BlobStore
  let isolation: Isolation
  /// Through what programs reach the hosts that they were granted.
  let proxy: EgressProxy

  func loader() -> ToolLoader {
    let secrets = configuration.secrets
    let guarded = GuardedTransport(transport, policy: configuration.addresses)
    let servers = MCPTransports(
      processes: MCPProcessSettings(
        workingDirectory: workspace.root, homes: temporary, confinement: confinement), secrets: secrets
    ) { (url, headers, credential) throws(SandboxError) in
      try MCPHTTPTransport(guarded, url: url, headers: headers, credential: credential, secrets: secrets)
    }
    return ToolLoader(
      builtins: BuiltinExecutor.handlerNames, secrets: secrets, grants: configuration.grants, transports: servers
    ) { [self] tool, bus in executor(for: tool, on: bus, guarded) }
  }

  private var confinement: ToolConfinement {
    ToolConfinement(
      isolation: isolation, workspace: workspace.root, inputs: workspace.inputs.values.sorted(),
      paths: configuration.grants.paths, proxy: proxy)
  }

  private func executor(
    for tool: SingleTool, on bus: ToolBus, _ guarded: GuardedTransport
  ) -> any ToolExecutor {
    switch tool {
    case .builtin(let handler):
      let context = BuiltinContext(
        workspace: workspace, log: log, blobs: blobs, transport: guarded, temporary: temporary,
        allowsDependencies: configuration.allowsDependencies, confinement: confinement
      ) { category in
        await bus.listTools().filter { category == nil || $0.category == category }.map(ToolSummary.init)
      }
      return BuiltinExecutor(context).bound(to: handler)
    case .api(let spec):
      return APIExecutor(
        spec, transport: guarded, secrets: configuration.secrets, session: configuration.session.sessionID)
    case .command(let spec):
      return CommandExecutor(
        spec, secrets: configuration.secrets, workspace: workspace.root, temporary: temporary,
        confinement: confinement)
    }
  }
}
