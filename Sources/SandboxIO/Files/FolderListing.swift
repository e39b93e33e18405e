internal import Glibc
package import SandboxCore

/// What is in a folder, bounded. Blocks for the time of the reading.
package struct FolderListing: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case file
    case folder
    case link
    case other
  }

  package struct Entry: Sendable, Hashable {
    /// With invalid UTF-8 replaced.
    package let name: String
    package let kind: Kind
    /// In bytes; 0 for anything but a file.
    package let size: Int
  }

  /// Sorted by name, without `.` and `..`.
  package let entries: [Entry]
  /// Whether the folder has more entries than were asked for.
  package let truncated: Bool

  /// Reads at most `limit` entries. Links are not followed. `name` is what errors call the folder, as the user wrote
  /// it.
  package init(of path: String, limit: Int = 1000, name: String? = nil) throws(SandboxError) {
    guard !path.utf8.contains(0) else { throw SystemError(EINVAL).failure("list", name ?? path) }
    guard let folder = opendir(path) else { throw SystemError.current.failure("list", name ?? path) }
    defer { closedir(folder) }
    var entries: [Entry] = []
    var truncated = false
    while let item = readdir(folder) {
      let bytes = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if bytes == Array(".".utf8) || bytes == Array("..".utf8) { continue }
      guard entries.count < limit else {
        truncated = true
        break
      }
      var status = stat()
      let found = withUnsafePointer(to: &item.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: bytes.count + 1) {
          fstatat(dirfd(folder), $0, &status, AT_SYMLINK_NOFOLLOW)
        }
      }
      // Removed since.
      if found != 0 { continue }
      let kind = Self.kind(status.st_mode)
      entries.append(
        Entry(name: String(decoding: bytes, as: UTF8.self), kind: kind, size: kind == .file ? Int(status.st_size) : 0))
    }
    self.entries = entries.sorted { $0.name < $1.name }
    self.truncated = truncated
  }

  private static func kind(_ mode: mode_t) -> Kind {
    switch mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }
}
