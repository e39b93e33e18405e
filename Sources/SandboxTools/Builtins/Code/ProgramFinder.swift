import Glibc

/// Finds installed programs in a fixed list of folders; what the session's own environment says does not count.
struct ProgramFinder: Sendable {
  let folders: [String]

  /// The absolute path of the first of these programs that is there.
  func first(of names: [String]) -> (name: String, path: String)? {
    for name in names {
      if let path = path(of: name) { return (name, path) }
    }
    return nil
  }

  func path(of name: String) -> String? {
    folders.lazy.map { "\($0)/\(name)" }.first(where: Self.isProgram)
  }

  /// What a program gets as its `PATH`.
  var searchPath: String { folders.joined(separator: ":") }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
