package import SandboxCore
package import SandboxIO

/// What builtin tools may use of the session they run in.
package struct BuiltinContext: Sendable {
  let workspace: Workspace
  let log: SessionLog
  let blobs: any BlobStore
  let time: TimeSource
  /// The tools of a category, or all; what the caller of `list_available_tools` may know.
  let toolList: @Sendable (_ category: String?) async -> [ToolSummary]

  package init(
    workspace: Workspace, log: SessionLog, blobs: any BlobStore, time: TimeSource = .system,
    toolList: @escaping @Sendable (_ category: String?) async -> [ToolSummary]
  ) {
    self.workspace = workspace
    self.log = log
    self.blobs = blobs
    self.time = time
    self.toolList = toolList
  }

  var blackboard: Blackboard { Blackboard(log: log) }
  var artifacts: ArtifactWriter { ArtifactWriter(log: log, blobs: blobs, time: time) }
}
