import SandboxCore
import SandboxIO
import SandboxSession
import SandboxTools

/// The executors of this program's tools.
enum ToolComposition {
  /// - Parameter temporary: where each call of a program gets a folder of its own.
  static func provider(
    workspace: Workspace, temporary: String, log: SessionLog, blobs: any BlobStore
  ) -> ToolProvider {
    ToolProvider(builtins: BuiltinExecutor.handlerNames) { kind, bus in
      switch kind {
      case .builtin(let handler):
        let context = BuiltinContext(workspace: workspace, log: log, blobs: blobs) { category in
          await bus.listTools().filter { category == nil || $0.category == category }.map(ToolSummary.init)
        }
        return BuiltinExecutor(context).bound(to: handler)
      case .command(let spec): return CommandExecutor(spec, workspace: workspace.root, temporary: temporary)
      }
    }
  }
}
