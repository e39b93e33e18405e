package import SandboxCore
package import SandboxIO

/// What builtin tools may use of the session they run in.
package struct BuiltinContext: Sendable {
  let workspace: Workspace
  let log: SessionLog
  let blobs: any BlobStore
  let time: TimeSource
  /// The way to the network, with its guards; nil when there is none.
  let transport: (any HTTPTransport)?
  /// Absolute path of the folder in which each run of a program gets one of its own.
  let temporary: String
  /// Whether code may name packages that are fetched before it runs.
  let allowsDependencies: Bool
  /// Where interpreters and converters are looked for, and what the programs themselves have as their `PATH`.
  let programs: ProgramFinder
  let confinement: ToolConfinement
  /// The tools of a category, or all; what the caller of `list_available_tools` may know.
  let toolList: @Sendable (_ category: String?) async -> [ToolSummary]

  /// - Parameters:
  ///   - transport: sends what `fetch_and_parse` asks for. It must refuse addresses that agents may not reach.
  ///   - temporary: an absolute path.
  ///   - programFolders: absolute paths.
  package init(
    workspace: Workspace, log: SessionLog, blobs: any BlobStore, time: TimeSource = .system,
    transport: (any HTTPTransport)? = nil, temporary: String = "/tmp", allowsDependencies: Bool = false,
    programFolders: [String] = ["/usr/local/bin", "/usr/bin", "/bin"], confinement: ToolConfinement? = nil,
    toolList: @escaping @Sendable (_ category: String?) async -> [ToolSummary]
  ) {
    self.workspace = workspace
    self.log = log
    self.blobs = blobs
    self.time = time
    self.transport = transport
    self.temporary = temporary
    self.allowsDependencies = allowsDependencies
    programs = ProgramFinder(folders: programFolders)
    self.confinement = confinement ?? ToolConfinement(isolation: .privilegesOnly, workspace: workspace.root)
    self.toolList = toolList
  }

  var blackboard: Blackboard { Blackboard(log: log) }
  var artifacts: ArtifactWriter { ArtifactWriter(log: log, blobs: blobs, time: time) }
  var outputs: OutputKeeper { OutputKeeper(log: log, blobs: blobs, time: time) }
}
