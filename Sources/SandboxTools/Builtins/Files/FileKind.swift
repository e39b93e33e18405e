import Glibc
import SandboxCore

/// Questions about resolved paths.
enum FileKind {
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Creates the folders above a file that ``Workspace`` resolved for writing.
  ///
  /// - Parameter name: what errors call the file.
  static func makeParents(of path: String, name: String) throws(SandboxError) {
    let parts = path.split(separator: "/").dropLast()
    var folder = ""
    var missing: [String] = []
    for count in stride(from: parts.count, to: 0, by: -1) {
      folder = "/" + parts.prefix(count).joined(separator: "/")
      if exists(folder) { break }
      missing.append(folder)
    }
    for folder in missing.reversed() where mkdir(folder, 0o700) != 0 && errno != EEXIST {
      let reason = String(cString: strerror(errno))
      throw SandboxError(.toolFailed, "cannot create the folders of \(name.quoted): \(reason)")
    }
  }
}
