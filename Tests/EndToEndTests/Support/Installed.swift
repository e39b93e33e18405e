import Glibc

/// What a test needs of the machine, to be skipped where it is not there.
enum Installed {
  static func has(_ program: String) -> Bool { access(program, X_OK) == 0 }

  static let isRoot = geteuid() == 0

  /// Whether other users can reach the program and its manifests.
  static let isReachable = [Program.path, Program.manifests].allSatisfy { path in
    var current = ""
    return path.split(separator: "/").allSatisfy { part in
      current += "/\(part)"
      var info = stat()
      return stat(current, &info) == 0 && info.st_mode & 0o001 != 0
    }
  }
}
