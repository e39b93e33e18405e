import SandboxCore
import SandboxIO

/// A file about to be written: inside of the workspace, with its folders there.
struct FileTarget {
  let path: String
  let absolute: String
  private let isNew: Bool

  init(_ path: String, in workspace: Workspace) throws(SandboxError) {
    guard path.last != "/" else {
      throw SandboxError(.invalidArgument, "\(path.quoted) names a folder; give the path of a file")
    }
    self.path = path
    absolute = try workspace.resolve(path, for: .write)
    guard !FileKind.isFolder(absolute) else {
      throw SandboxError(.invalidArgument, "\(path.quoted) is a folder; give the path of a file")
    }
    isNew = !FileKind.exists(absolute)
    if isNew { try FileKind.makeParents(of: absolute, name: path) }
  }

  func output(bytes: Int) -> ToolOutput {
    let change: JSONValue = ["path": .string(path), "action": isNew ? "created" : "modified"]
    return ToolOutput(
      json: ["path": .string(path), "bytes": .int(Int64(bytes))], announcements: [Announcement("file_change", change)])
  }
}
