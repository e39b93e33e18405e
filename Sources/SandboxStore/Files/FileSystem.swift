import Glibc
internal import SandboxCore
import Synchronization

/// The few file operations of the store. All of them block.
enum FileSystem {
  /// What a crash leaves under a name that begins so is not part of anything and may be removed.
  private static let temporaryPrefix = ".tmp-"
  private static let temporaryCount = Atomic<UInt64>(0)

  /// A name in `directory` that nobody else in this process uses.
  static func temporaryPath(in directory: String) -> String {
    let count = temporaryCount.wrappingAdd(1, ordering: .relaxed).newValue
    return "\(directory)/\(temporaryPrefix)\(getpid())-\(count)"
  }

  /// Replaces or creates `path` in one step: a reader sees the old content or the new one, never a part.
  ///
  /// - Parameter isDurable: the new content and its name survive a loss of power once this returns.
  static func replace(
    _ path: String, in directory: String, with bytes: [UInt8], isDurable: Bool
  ) throws(SandboxError) {
    let temporary = temporaryPath(in: directory)
    do throws(SandboxError) {
      let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC)
      try file.write(bytes)
      if isDurable { try file.sync() }
      try move(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
    if isDurable { try syncDirectory(directory) }
  }

  static func move(_ source: String, to target: String) throws(SandboxError) {
    guard rename(source, target) == 0 else { throw .file("create", target) }
  }

  /// Makes the names in a directory durable: the files that were created, renamed or removed there.
  static func syncDirectory(_ path: String) throws(SandboxError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
  }

  /// Makes a directory that only its owner may use; says whether it was missing. Its parent must exist.
  static func makeDirectory(_ path: String) throws(SandboxError) -> Bool {
    if mkdir(path, 0o700) == 0 { return true }
    let failure = errno
    guard failure == EEXIST else { throw .file("create the directory", path, failure) }
    guard isDirectory(path) else { throw .file("use the directory", path, ENOTDIR) }
    return false
  }

  /// Makes a directory and those above it, and all their names durable.
  static func makeDirectories(_ path: String) throws(SandboxError) {
    if isDirectory(path) { return }
    let parent = parent(of: path)
    if parent != path { try makeDirectories(parent) }
    if try makeDirectory(path) { try syncDirectory(parent) }
  }

  static func isDirectory(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  static func parent(of path: String) -> String {
    var path = Substring(path)
    while path.count > 1, path.last == "/" { path.removeLast() }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Removes what a crash left half-written in `directory`. Only for the owner of the session: it would take a file
  /// from under a running writer.
  static func removeTemporaries(in directory: String) throws(SandboxError) {
    guard let stream = opendir(directory) else { throw .file("list", directory) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(temporaryPrefix) { unlink("\(directory)/\(name)") }
    }
  }
}
