import SandboxCore
import SandboxIO

/// `query_table`: one SQL query over files of the workspace.
struct QueryTableTool: BuiltinTool {
  static let name = "query_table"
  static let maximumFiles = 16
  /// So that a result is told whole instead of being cut by the bus.
  static let limits = TableLimits(rows: 500, resultSize: 24 << 10)

  private let workspace: Workspace

  init(_ context: BuiltinContext) { workspace = context.workspace }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let sql = try arguments.string("sql", maximumBytes: 64 << 10)
    let sources = try Self.paths(arguments).mapThrowing { path throws(SandboxError) in
      try TableSource(path: path, in: workspace)
    }
    return ToolOutput(json: try await TableDatabase(limits: Self.limits).query(sql, sources).json)
  }

  private static func paths(_ arguments: BuiltinArguments) throws(SandboxError) -> [String] {
    var paths: [String] = []
    if let path = try arguments.optionalString("path") { paths.append(path) }
    if let list = arguments["paths"] {
      guard let texts = list.arrayValue?.compactMap(\.stringValue), texts.count == list.arrayValue?.count else {
        throw SandboxError(.invalidArgument, "paths must be an array of file paths, as [\"sales.csv\"]")
      }
      paths += texts.filter { !paths.contains($0) }
    }
    guard !paths.isEmpty else {
      throw SandboxError(.invalidArgument, "give the files to query: path for one, paths for several")
    }
    guard paths.count <= maximumFiles else {
      throw SandboxError(
        .limitExceeded, "\(paths.count) files are too many for one query; give at most \(maximumFiles)")
    }
    return paths
  }
}

extension TableSource {
  /// The file at a path of the workspace, as a model wrote it.
  init(path: String, in workspace: Workspace) throws(SandboxError) {
    self.init(path: try workspace.resolve(path, for: .read), name: path)
  }
}
