import SandboxCore
import SandboxIO

/// `search_text`: the lines of the workspace's text files that contain a text.
struct SearchTextTool: BuiltinTool {
  static let name = "search_text"
  static let maximumFiles = 10_000
  static let maximumFileBytes = 4 << 20
  static let maximumTotalBytes = 512 << 20
  static let maximumMatches = 500

  private let workspace: Workspace

  init(_ context: BuiltinContext) { workspace = context.workspace }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let pattern = try arguments.string("pattern", maximumBytes: 1_000)
    guard !pattern.isEmpty, !pattern.contains("\n") else {
      throw SandboxError(.invalidArgument, "pattern must be a text of one line that is not empty")
    }
    guard !(try arguments.bool("regex", default: false)) else {
      throw SandboxError(
        .unsupported, "search_text looks for plain text, not for regular expressions: give the text itself")
    }
    let path = try arguments.optionalString("path") ?? "."
    let glob = try arguments.optionalString("glob").map(PathPattern.init)
    let limit = try arguments.int("limit", in: 1...Self.maximumMatches, default: 100)
    let matcher = LineMatcher(pattern, isCaseSensitive: try arguments.bool("caseSensitive", default: false))
    let workspace = workspace
    return try await BlockingWork.run { cancellation throws(SandboxError) in
      var search = Search(matcher: matcher, limit: limit)
      var walk = FolderWalk(workspace, recursive: true, cancellation: cancellation)
      try walk.run(from: path) { item, absolute throws(SandboxError) in
        try cancellation.check()
        guard item.kind == .file, glob?.matches(item.path) ?? true else { return true }
        return search.visit(item, absolute)
      }
      return ToolOutput(json: search.result(isIncomplete: walk.isIncomplete))
    }
  }

  private struct Search {
    let matcher: LineMatcher
    let limit: Int
    private var matches: [JSONValue] = []
    private var budget = ResultBudget()
    private var filesSearched = 0
    private var filesSkipped = 0
    private var totalBytes = 0
    private var isTruncated = false

    init(matcher: LineMatcher, limit: Int) {
      self.matcher = matcher
      self.limit = limit
    }

    /// False when a bound is reached.
    mutating func visit(_ item: FolderWalk.Item, _ absolute: String) -> Bool {
      guard filesSearched + filesSkipped < maximumFiles, totalBytes < maximumTotalBytes else {
        isTruncated = true
        return false
      }
      // A file that cannot be read, is too large or binary does not end the search; it is counted.
      guard item.size <= maximumFileBytes,
        let bytes = try? BoundedFile.read(absolute, limit: maximumFileBytes, name: item.path),
        !TextWindow.isBinary(bytes.prefix(8 << 10))
      else {
        filesSkipped += 1
        return true
      }
      filesSearched += 1
      totalBytes += bytes.count
      for match in matcher.matches(in: bytes, limit: limit - matches.count + 1) {
        let entry: JSONValue = [
          "path": .string(item.path), "line": .int(Int64(match.line)), "text": .string(match.text),
        ]
        guard matches.count < limit, budget.admits(entry) else {
          isTruncated = true
          return false
        }
        matches.append(entry)
      }
      return true
    }

    func result(isIncomplete: Bool) -> JSONValue {
      [
        "matches": .array(matches), "filesSearched": .int(Int64(filesSearched)),
        "filesSkipped": .int(Int64(filesSkipped)), "truncated": .bool(isTruncated || isIncomplete),
      ]
    }
  }
}
