import Glibc
import SandboxCore
import SandboxIO

/// Walks the workspace in order of names, folder by folder, bounded in depth and number.
///
/// Symbolic links are not followed, except those at the workspace's top through which its inputs appear; so a walk can
/// neither leave the workspace nor run in circles.
struct FolderWalk {
  static let maximumDepth = 32
  static let maximumEntries = 100_000

  struct Item {
    /// Relative to the workspace, as a model would write it.
    let path: String
    let kind: FolderListing.Kind
    let size: Int
  }

  private let workspace: Workspace
  private let recursive: Bool
  private let cancellation: BlockingWork.Cancellation
  private var visited = 0
  /// Whether something was left out because of a bound.
  private(set) var isIncomplete = false

  init(_ workspace: Workspace, recursive: Bool, cancellation: BlockingWork.Cancellation) {
    self.workspace = workspace
    self.recursive = recursive
    self.cancellation = cancellation
  }

  /// Shows each item below `start` to `visit` until that returns false. A file as `start` is the one item.
  mutating func run(
    from start: String, _ visit: (Item, _ absolute: String) throws(SandboxError) -> Bool
  ) throws(SandboxError) {
    let absolute = try workspace.resolve(start, for: .read)
    var status = stat()
    guard stat(absolute, &status) == 0 else { throw SandboxError(.notFound, "\(start.quoted) is gone") }
    let path = Self.normalized(start)
    if status.st_mode & S_IFMT == S_IFDIR {
      _ = try walk(absolute, path, depth: 0, visit)
    } else {
      _ = try visit(Item(path: path, kind: .file, size: Int(status.st_size)), absolute)
    }
  }

  private mutating func walk(
    _ folder: String, _ path: String, depth: Int, _ visit: (Item, String) throws(SandboxError) -> Bool
  ) throws(SandboxError) -> Bool {
    try cancellation.check()
    let listing = try FolderListing(of: folder, limit: Self.maximumEntries - visited, name: path.isEmpty ? "." : path)
    if listing.truncated { isIncomplete = true }
    visited += listing.entries.count
    for entry in listing.entries {
      var absolute = folder == "/" ? "/" + entry.name : folder + "/" + entry.name
      var item = Item(path: path.isEmpty ? entry.name : path + "/" + entry.name, kind: entry.kind, size: entry.size)
      if path.isEmpty, entry.kind == .link, let input = workspace.inputs[entry.name] {
        absolute = input
        item = Self.item(input, path: item.path) ?? item
      }
      guard try visit(item, absolute) else { return false }
      guard recursive, item.kind == .folder else { continue }
      if depth + 1 >= Self.maximumDepth || visited >= Self.maximumEntries {
        isIncomplete = true
        continue
      }
      do throws(SandboxError) {
        guard try walk(absolute, item.path, depth: depth + 1, visit) else { return false }
      } catch  where error.code == .denied || error.code == .notFound {
        // Somebody else's folder, or one that is gone by now: the rest can be read all the same.
        isIncomplete = true
      }
    }
    return true
  }

  private static func item(_ absolute: String, path: String) -> Item? {
    var status = stat()
    guard stat(absolute, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return Item(path: path, kind: .folder, size: 0)
    case S_IFREG: return Item(path: path, kind: .file, size: Int(status.st_size))
    default: return Item(path: path, kind: .other, size: 0)
    }
  }

  /// Without `.`, `..` and doubled slashes; empty for the workspace itself.
  private static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { parts.removeLast(min(1, parts.count)) } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}
